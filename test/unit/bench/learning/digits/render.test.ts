import { describe, expect, it } from 'vitest';
import { random } from '../../../../../src/random.ts';
import { DISTORTION, inked, PIXELS, renderDigit, SIDE } from '../../../../bench/learning/digits/render.ts';
import { STYLES } from '../../../../bench/learning/digits/strokes.ts';

describe('STYLES', () => {
  it('has at least three ways of writing each digit, all within the box', () => {
    expect(STYLES).toHaveLength(10);
    for (const styles of STYLES) {
      expect(styles.length).toBeGreaterThanOrEqual(3);
      for (const [x, y] of styles.flat(2)) {
        expect(x).toBeGreaterThan(0.1);
        expect(x).toBeLessThan(0.9);
        expect(y).toBeGreaterThan(0.05);
        expect(y).toBeLessThan(0.95);
      }
    }
  });
});

describe('inked', () => {
  it('covers a straight stroke as wide as the pen', () => {
    const picture = inked(
      [
        [
          [0.5, 0.25],
          [0.5, 0.75],
        ],
      ],
      4,
    );
    const row = picture.subarray(14 * SIDE, 15 * SIDE);
    // Pixel centres 12.5 to 15.5 lie within 2 of x = 14, and 0.5 beyond them is half of an edge away.
    expect([...row.subarray(10, 18)]).toEqual([0, 0, 1, 1, 1, 1, 0, 0]);
    expect(picture[0]).toBe(0);
  });
});

describe('renderDigit', () => {
  it('gives the same picture for the same seed and others for others', () => {
    const picture = renderDigit(3, random(5));
    expect(picture).toHaveLength(PIXELS);
    expect(renderDigit(3, random(5))).toEqual(picture);
    expect(renderDigit(3, random(6))).not.toEqual(picture);
    expect(picture.every((level) => level >= 0 && level <= 1)).toBe(true);
  });

  it('keeps ink of every digit inside the picture', () => {
    const source = random(9);
    for (let digit = 0; digit < 10; digit++) {
      const picture = renderDigit(digit, source, { ...DISTORTION, noise: 0 });
      const sum = picture.reduce((total, level) => total + level, 0);
      expect(sum).toBeGreaterThan(20);
      expect(sum).toBeLessThan(PIXELS / 2);
    }
  });
});
