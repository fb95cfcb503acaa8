import fc from 'fast-check';
import { from, map, type Observable, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { micros, millis } from '../../../proto/units.ts';
import type { Pair } from '../../../src/media.ts';
import { DEFAULT_GRID } from '../../../src/pairing/grid.ts';
import { type Paired, type PairingEvent, pairWindows } from '../../../src/pairing/pair-windows.ts';
import { audio, open, shut, video } from './support.ts';

const SKEW = micros(100_000);
const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

/** `3av`: pair 3 with both sides; `3a-`: sound alone; `shed:late-video`. */
function summary(paired: Paired): string {
  if (paired.type === 'shed') return `shed:${paired.reason}`;
  const { index, audio, video } = paired.pair;
  return `${index}${audio ? 'a' : '-'}${video ? 'v' : '-'}`;
}

const events: Record<string, PairingEvent> = {
  o: open('audio'),
  O: open('video'),
  c: shut('video'),
  a: audio(0),
  b: audio(1),
  d: audio(2),
  v: video(0),
  w: video(1),
  x: video(2),
  f: video(0, -100_001), // one microsecond beyond the bound
  n: video(0, -100_000), // just within it
};

function expectMarbles(
  source: string,
  result: string,
  deadlineMs: number | null,
  values: Record<string, string>,
  subscribed?: string,
) {
  scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
    const source$ = cold(source, events);
    const deadline = deadlineMs === null ? null : millis(deadlineMs);
    const paired$: Observable<string> = source$.pipe(
      pairWindows({ grid: DEFAULT_GRID, skewBound: SKEW, deadline }),
      map(summary),
    );
    expectObservable(paired$).toBe(result, values);
    if (subscribed) expectSubscriptions(source$.subscriptions).toBe(subscribed);
  });
}

describe('pairWindows', () => {
  it('lets a pair leave when its second side comes', () => {
    expectMarbles('(oO)a-v|', '------p|', 400, { p: '0av' }, '^------!');
  });

  it('lets a pair leave after the deadline with what is missing', () => {
    expectMarbles('(oO)a 500ms |', '---- 400ms p 100ms |', 400, { p: '0a-' });
  });

  it('does not wait for a track that is closed', () => {
    expectMarbles('o-a--b--|', '--p--q--|', 400, { p: '0a-', q: '1a-' });
  });

  it('stops waiting when the track closes', () => {
    expectMarbles('(oO)a-c-|', '------p-|', 400, { p: '0a-' });
  });

  it('takes a later window of a side as proof that the earlier one is missing', () => {
    expectMarbles('(oO)a-b-w----|', '--------(pq)-|', null, { p: '0a-', q: '1av' });
  });

  it('sheds a window behind the head as late', () => {
    expectMarbles('o-a-v--|', '--p-s--|', 400, { p: '0a-', s: 'shed:late-video' });
  });

  it('keeps a partner exactly at the skew bound and sheds one beyond it', () => {
    expectMarbles('(oO)a-n-|', '------p-|', 400, { p: '0av' });
    expectMarbles('(oO)a-f----|', '------(sp)-|', 400, { s: 'shed:skew', p: '0a-' });
  });

  it('frees older positions first when a younger deadline passes, and flushes on completion', () => {
    expectMarbles('(oO)a-b|', '-------(pq|)', 400, { p: '0a-', q: '1a-' });
  });

  it('passes an error on and drops what waits', () => {
    expectMarbles('(oO)a-#', '------#', 400, {}, '^-----!');
  });
});

const track = fc.constantFrom('audio' as const, 'video' as const);
const event = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(track, fc.nat(20), fc.integer({ min: -150_000, max: 150_000 }))
      .map(([m, i, o]) => (m === 'audio' ? audio(i, 0) : video(i, o))),
  },
  { weight: 1, arbitrary: track.map(open) },
  { weight: 1, arbitrary: track.map(shut) },
);

function pairsOf(sequence: readonly PairingEvent[]): { pairs: Pair[]; sheds: number } {
  let out: Paired[] = [];
  from(sequence)
    .pipe(pairWindows({ grid: DEFAULT_GRID, skewBound: SKEW, deadline: null }), toArray())
    .subscribe((all) => {
      out = all;
    });
  const pairs = out.flatMap((paired) => (paired.type === 'pair' ? [paired.pair] : []));
  return { pairs, sheds: out.length - pairs.length };
}

describe('pairWindows, laws', () => {
  it('a window joins at most one pair, none is lost, and skew keeps its bound', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (sequence) => {
        const { pairs, sheds } = pairsOf(sequence);
        const used = pairs.flatMap(({ audio, video }) => [audio, video]).filter((window) => window !== null);
        expect(new Set(used).size).toBe(used.length);
        const given = sequence.filter(({ type }) => type === 'window').length;
        expect(used.length + sheds).toBe(given);
        for (const { skew } of pairs) if (skew !== null) expect(Math.abs(skew)).toBeLessThanOrEqual(SKEW);
      }),
    );
  });

  it('pairs leave in media time order, once each, with at least one side', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (sequence) => {
        const { pairs } = pairsOf(sequence);
        const indexes = pairs.map(({ index }) => index);
        expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
        for (const { audio, video } of pairs) expect(audio ?? video).not.toBeNull();
      }),
    );
  });
});
