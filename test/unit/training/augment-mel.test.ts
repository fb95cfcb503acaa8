import { describe, expect, it } from 'vitest';

import { random } from '../../../src/random.ts';
import { augmentMel, MEL_AUGMENTATION } from '../../../src/training/augment-mel.ts';

const STILL_MEL = {
  rollFrames: 0,
  maskBands: 0,
  maskFrames: 0,
  curveNats: 0,
  warpBands: 0,
  warpFrames: 0,
  noiseShare: 0,
  noiseNats: [2, 7],
} as const;

const melOf = (seed: number): Float32Array => {
  const source = random(seed);
  return Float32Array.from({ length: 96 * 64 }, () => source.normal());
};

describe('augmentMel', () => {
  it('changes nothing when nothing may change', () => {
    const mel = melOf(1);
    const out = new Float32Array(mel.length);
    augmentMel(mel, random(2), out, STILL_MEL);
    expect(out).toEqual(mel);
  });

  it('gives the same copy for the same seed, another for another, and leaves its input alone', () => {
    const mel = melOf(1);
    const made = [7, 7, 8].map((seed) => {
      const out = new Float32Array(mel.length);
      augmentMel(mel, random(seed), out);
      return out;
    });
    expect(made[0]).toEqual(made[1]);
    expect(made[0]).not.toEqual(made[2]);
    expect(mel).toEqual(melOf(1));
  });

  it('rolls the window round without losing a frame', () => {
    const mel = new Float32Array(96 * 64);
    for (let frame = 0; frame < 96; frame++) mel.fill(frame, frame * 64, (frame + 1) * 64);
    const out = new Float32Array(mel.length);
    augmentMel(mel, random(3), out, { ...STILL_MEL, rollFrames: 14 });
    const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
    expect(out).not.toEqual(mel);
    // A shift by a fraction of a frame averages two neighbours: the sum stays.
    expect(Math.abs(sum(out) - sum(mel))).toBeLessThan(1e-4 * sum(mel));
  });

  it('lets noise add energy only', () => {
    const mel = melOf(4);
    const out = new Float32Array(mel.length);
    augmentMel(mel, random(5), out, { ...STILL_MEL, noiseShare: 1 });
    expect(out.every((value, i) => value >= (mel[i] ?? 0) - 1e-6)).toBe(true);
    expect(out).not.toEqual(mel);
  });

  it('masks at most the bands and frames allowed, with the band mean', () => {
    const mel = melOf(6);
    const out = new Float32Array(mel.length);
    augmentMel(mel, random(9), out, { ...STILL_MEL, maskBands: 10, maskFrames: 16 });
    const changed = out.reduce((count, value, i) => count + (value === mel[i] ? 0 : 1), 0);
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThanOrEqual(10 * 96 + 16 * 64);
  });

  it('rejects a foreign length with ERR_SHAPE', () => {
    const call = () => augmentMel(new Float32Array(5), random(1), new Float32Array(96 * 64));
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });

  it('keeps every number finite over many draws', () => {
    const mel = melOf(1).fill(-4.6);
    const out = new Float32Array(mel.length);
    const source = random(10);
    for (let i = 0; i < 30; i++) {
      augmentMel(mel, source, out, MEL_AUGMENTATION);
      expect(out.every(Number.isFinite)).toBe(true);
    }
  });
});
