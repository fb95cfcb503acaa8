import { describe, expect, it } from 'vitest';

import { random } from '../../../src/random.ts';
import {
  augmentMel,
  augmentPicture,
  MEL_AUGMENTATION,
  PICTURE_AUGMENTATION,
} from '../../../src/training/augment.ts';

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
const STILL_PICTURE = {
  logScale: 0,
  shift: 0,
  turn: 0,
  grain: 0,
  gain: [1, 1],
  offset: 0,
  permuteShare: 0,
  negativeShare: 0,
} as const;

const melOf = (seed: number): Float32Array => {
  const source = random(seed);
  return Float32Array.from({ length: 96 * 64 }, () => source.normal());
};
const pictureOf = (seed: number) => {
  const source = random(seed);
  const byte = (): number => 40 + source.integer(160);
  return {
    rgb: Uint8Array.from({ length: 96 * 96 * 3 }, byte),
    older: Uint8Array.from({ length: 3 * 96 * 96 }, byte),
  };
};
const blank = () => ({ rgb: new Uint8Array(96 * 96 * 3), older: new Uint8Array(3 * 96 * 96) });

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

describe('augmentPicture', () => {
  it('changes nothing when nothing may change, up to one level of rounding in the older lumas', () => {
    const picture = pictureOf(1);
    const out = blank();
    augmentPicture(picture, random(2), out, STILL_PICTURE);
    expect(out.rgb).toEqual(picture.rgb);
    const worst = out.older.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (picture.older[i] ?? 0))),
      0,
    );
    expect(worst).toBeLessThanOrEqual(1);
  });

  it('gives the same copy for the same seed and leaves its input alone', () => {
    const picture = pictureOf(3);
    const made = [7, 7].map((seed) => {
      const out = blank();
      augmentPicture(picture, random(seed), out);
      return out;
    });
    expect(made[0]).toEqual(made[1]);
    expect(picture).toEqual(pictureOf(3));
  });

  it('keeps what stands still still, whatever the crop and the light', () => {
    // Mid grey, far from clipping: every older luma is that of the newest picture.
    const grey = { rgb: new Uint8Array(96 * 96 * 3), older: new Uint8Array(3 * 96 * 96) };
    for (let p = 0; p < 96 * 96; p++) {
      const level = 100 + (p % 40);
      grey.rgb.fill(level, 3 * p, 3 * p + 3);
      for (let k = 0; k < 3; k++) grey.older[k * 96 * 96 + p] = level;
    }
    const out = blank();
    const source = random(11);
    for (let i = 0; i < 10; i++) {
      augmentPicture(grey, source, out, { ...PICTURE_AUGMENTATION, grain: 0, gain: [0.8, 1.1] });
      for (let p = 0; p < 96 * 96; p += 97) {
        const [r, g, b] = [out.rgb[3 * p] ?? 0, out.rgb[3 * p + 1] ?? 0, out.rgb[3 * p + 2] ?? 0];
        const luma = (77 * r + 150 * g + 29 * b) / 256;
        // Bytes are rounded twice: half a level each, and the luma itself was rounded down.
        expect(Math.abs((out.older[p] ?? 0) - luma)).toBeLessThanOrEqual(2);
      }
    }
  });

  it('rejects a foreign length with ERR_SHAPE', () => {
    const call = () =>
      augmentPicture({ rgb: new Uint8Array(3), older: new Uint8Array(3) }, random(1), blank());
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});
