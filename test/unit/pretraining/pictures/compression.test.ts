import { describe, expect, it } from 'vitest';
import { PICTURE_BYTES } from '../../../../src/features/spec.ts';
import { compress } from '../../../../src/pretraining/pictures/compression.ts';
import { random } from '../../../../src/random.ts';

function noisy(): Uint8ClampedArray {
  const source = random(1);
  return new Uint8ClampedArray(PICTURE_BYTES).map(() => 128 + 20 * source.normal());
}

/** Root of the mean squared change. */
function damage(coarseness: number): number {
  const [before, after] = [noisy(), noisy()];
  compress(after, coarseness);
  return Math.sqrt(after.reduce((sum, value, i) => sum + (value - before[i]!) ** 2, 0) / PICTURE_BYTES);
}

describe('compress', () => {
  it('leaves plain frames within a level of what they were', () => {
    const plain = new Uint8ClampedArray(PICTURE_BYTES).map((_, i) => [200, 90, 31][i % 3]!);
    const before = plain.slice();
    compress(plain, 8);
    expect(Math.max(...plain.map((value, i) => Math.abs(value - before[i]!)))).toBeLessThanOrEqual(1);
  });

  it('damages more the coarser it is', () => {
    expect(damage(9)).toBeGreaterThan(damage(2));
  });

  it('keeps luma almost whole where it hardly quantizes', () => {
    const [before, after] = [noisy(), noisy()];
    compress(after, 0.01);
    const luma = (rgb: Uint8ClampedArray, p: number): number =>
      (77 * rgb[3 * p]! + 150 * rgb[3 * p + 1]! + 29 * rgb[3 * p + 2]!) / 256;
    for (let p = 0; p < PICTURE_BYTES / 3; p += 97) expect(luma(after, p)).toBeCloseTo(luma(before, p), -0.5);
  });

  it('gives the four pixels of a cell one chroma', () => {
    const picture = noisy();
    compress(picture, 4);
    const difference = (p: number): number => picture[3 * p]! - picture[3 * p + 2]!;
    expect(Math.abs(difference(0) - difference(1))).toBeLessThanOrEqual(1); // each channel is rounded
    expect(Math.abs(difference(0) - difference(97))).toBeLessThanOrEqual(1);
  });
});
