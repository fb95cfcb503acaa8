import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { beginningOf, beginningText, inheritedNotes } from '../../../server/compute/beginning.ts';
import {
  initialCheckpoint,
  isPretrained,
  trainedStepsOf,
  writeCheckpoint,
} from '../../../server/compute/checkpoint.ts';
import { audioEncoder, initWeights, videoEncoder } from '../../../src/model/encoders.ts';
import { random } from '../../../src/random.ts';
import { YOUNG_STEPS } from '../../../src/training/round.ts';

const encoders = { audio: initWeights(audioEncoder, random(9)), video: initWeights(videoEncoder, random(9)) };
const starter = { encoders, steps: 5000, sha256: '0123456789abcdef' };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-beginning-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('beginningOf', () => {
  it('knows a starter, its steps by version 0 and by none that was made of it', async () => {
    const first = initialCheckpoint(7, 'features', { starter });
    await writeCheckpoint(join(folder, 'a'), first);
    expect(await beginningOf(join(folder, 'a'))).toEqual({
      ...{ type: 'starter', sha256: starter.sha256, steps: 5000 },
    });
    const notes = { origin: 'round', trainedSteps: 5300, ...inheritedNotes(first) };
    await writeCheckpoint(join(folder, 'b'), { ...first, notes });
    expect(await beginningOf(join(folder, 'b'))).toEqual({
      ...{ type: 'starter', sha256: starter.sha256, steps: null },
    });
  });

  it('takes everything else for random weights, with the reason where there was one', async () => {
    await writeCheckpoint(join(folder, 'a'), initialCheckpoint(7, 'features', { why: 'none' }));
    expect(await beginningOf(join(folder, 'a'))).toEqual({ type: 'random', why: 'none' });
    expect(await beginningOf(join(folder, 'gone'))).toEqual({ type: 'random', why: null });
  });
});

describe('initialCheckpoint', () => {
  const adapter = (modality: 'audio' | 'video') => ({ modality, input: [24], hidden: 8, width: 96 }) as const;

  it('takes the starter for the sides that are encoders of ours, and names it only if one is', () => {
    const sides = { audio: audioEncoder, video: adapter('video') };
    const half = initialCheckpoint(7, 'features', { starter, encoders: sides });
    expect(half.encoders.audio).toEqual(encoders.audio);
    expect(half.encoders.video).toEqual(initWeights(sides.video, random(7)));
    expect(isPretrained(half)).toBe(true);
    const none = { audio: adapter('audio'), video: adapter('video') };
    expect(isPretrained(initialCheckpoint(7, 'features', { starter, encoders: none }))).toBe(false);
    expect(isPretrained({ ...half, notes: { origin: 'round', ...inheritedNotes(half) } })).toBe(false);
  });
});

describe('beginningText', () => {
  it('names the starter by its digest, and random weights with their reason', () => {
    expect(beginningText({ type: 'starter', sha256: starter.sha256, steps: 5000 })).toBe(
      'the starter 0123456789ab, 5000 steps of pretraining',
    );
    expect(beginningText({ type: 'random', why: 'it is gone' })).toBe('random weights, because it is gone');
    expect(beginningText({ type: 'random', why: null })).toBe('random weights');
  });
});

describe('trainedStepsOf', () => {
  it('counts the pretraining of a starter, never as young, and nothing of random weights', () => {
    expect(trainedStepsOf(initialCheckpoint(7, 'features', { starter }))).toBe(5000);
    expect(trainedStepsOf(initialCheckpoint(7, 'features'))).toBe(0);
    const short = initialCheckpoint(7, 'features', { starter: { ...starter, steps: 10 } });
    expect(trainedStepsOf(short)).toBe(YOUNG_STEPS);
  });
});
