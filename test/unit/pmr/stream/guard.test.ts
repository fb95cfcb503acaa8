import { describe, expect, it } from 'vitest';

import {
  chanceLimit,
  type Guard,
  guardAccuracies,
  guardAfter,
  guardOnPush,
  isGuarded,
  UNGUARDED,
} from '../../../../src/pmr/stream/guard.ts';
import type { Mode } from '../../../../src/pmr/stream/mode.ts';
import { STREAM } from '../../../../src/pmr/stream/settings.ts';

const CLASSES = 4;

/** `count` samples; of each four, `right` are right in audio, video always is. */
function samples(guard: Guard, count: number, right: number, mode: Mode = 'audio-weak'): Guard {
  return Array.from({ length: count }, (_, i) => i).reduce(
    (old, i) =>
      guardAfter(old, { hits: { audio: i % 4 < right, video: true }, mode, classes: CLASSES }, STREAM),
    guard,
  );
}

describe('chanceLimit', () => {
  it('is chance and 1.64 deviations of the window', () => {
    expect(chanceLimit(4, 60, STREAM)).toBeCloseTo(0.25 + 1.64 * Math.sqrt((0.25 * 0.75) / 60), 12);
    expect(chanceLimit(4, 0, STREAM)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('guardAfter', () => {
  it('keeps the last sixty hits of each modality', () => {
    const guard = samples(samples(UNGUARDED, 60, 4, 'balanced'), 60, 0, 'balanced');
    expect(guard.hits.audio).toHaveLength(60);
    expect(guardAccuracies(guard)).toEqual({ audio: 0, video: 1 });
  });

  it('leaves a window as it is where the modality took no part', () => {
    const guard = guardAfter(
      UNGUARDED,
      { hits: { audio: null, video: true }, mode: 'balanced', classes: 2 },
      STREAM,
    );
    expect(guard.hits).toEqual({ audio: [], video: [true] });
  });

  it('stops a modality at chance for 96 samples, then for 192', () => {
    const first = samples(UNGUARDED, 1, 0);
    expect(first).toMatchObject({ pause: { audio: 96 }, stops: { audio: 1 }, reason: 'sound is at chance' });
    expect(isGuarded(first, 'audio-weak')).toBe(true);
    expect(isGuarded(first, 'video-weak')).toBe(false);
    const before = samples(first, 95, 1);
    expect(before).toMatchObject({ pause: { audio: 1 }, stops: { audio: 1 } });
    expect(samples(before, 1, 1)).toMatchObject({ pause: { audio: 192 }, stops: { audio: 2 } });
  });

  it('does not stop a modality above chance', () => {
    const guard = samples(samples(UNGUARDED, 60, 2, 'balanced'), 60, 2);
    expect(guard.pause).toEqual({ audio: 0, video: 0 });
    expect(isGuarded(guard, 'audio-weak')).toBe(false);
  });
});

describe('a trial', () => {
  // One in two right: above chance of one in four, and half of the other's: on trial it is judged by `half`.
  const half = { ...STREAM, guardShare: 0.6 };
  const settled = samples(UNGUARDED, 60, 2, 'balanced');
  const push = (guard: Guard, count: number, right: number): Guard =>
    Array.from({ length: count }, (_, i) => i).reduce(
      (old, i) =>
        guardAfter(
          old,
          { hits: { audio: i % 4 < right, video: true }, mode: 'audio-weak', classes: CLASSES },
          half,
        ),
      guard,
    );

  it('begins with a round that pushes, and only once', () => {
    const begun = guardOnPush(settled, 'audio-weak');
    expect(begun.trial).toEqual({ modality: 'audio', samples: 0, from: 0.5 });
    expect(guardOnPush(begun, 'audio-weak')).toBe(begun);
    expect(guardOnPush(settled, 'balanced').trial).toBeNull();
    expect(push(settled, 60, 2).trial).toBeNull();
  });

  it('ends after 48 samples without help, far behind the other', () => {
    const begun = guardOnPush(settled, 'audio-weak');
    expect(push(begun, 47, 2)).toMatchObject({ pause: { audio: 0 }, trial: { samples: 47 } });
    expect(push(begun, 48, 2)).toMatchObject({
      pause: { audio: 96 },
      trial: null,
      reason: 'pushing sound did not help',
    });
  });

  it('goes on where it helped, and forgets earlier stops', () => {
    const begun = guardOnPush({ ...settled, stops: { audio: 3, video: 0 } }, 'audio-weak');
    const helped = push(begun, 48, 3);
    expect(helped).toMatchObject({ pause: { audio: 0 }, stops: { audio: 0 }, trial: { samples: 0 } });
    expect(helped.trial?.from).toBeGreaterThan(0.5);
  });

  it('goes on where the modality is not far behind', () => {
    const begun = guardOnPush(settled, 'audio-weak');
    expect(samples(begun, 48, 2).pause.audio).toBe(0);
  });

  it('is over when the mode changes', () => {
    const begun = guardOnPush(settled, 'audio-weak');
    expect(samples(begun, 1, 2, 'balanced').trial).toBeNull();
  });
});
