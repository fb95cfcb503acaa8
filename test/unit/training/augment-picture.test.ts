import { describe, expect, it } from 'vitest';

import { random } from '../../../src/random.ts';
import { augmentPicture, PICTURE_AUGMENTATION } from '../../../src/training/augment-picture.ts';

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

const pictureOf = (seed: number) => {
  const source = random(seed);
  const byte = (): number => 40 + source.integer(160);
  return {
    rgb: Uint8Array.from({ length: 96 * 96 * 3 }, byte),
    older: Uint8Array.from({ length: 3 * 96 * 96 }, byte),
  };
};
const blank = () => ({ rgb: new Uint8Array(96 * 96 * 3), older: new Uint8Array(3 * 96 * 96) });

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
