import { describe, expect, it } from 'vitest';
import { random } from '../../../../../src/random.ts';
import {
  CHANNELS,
  colourOf,
  DIGITS,
  type DigitSet,
  digitData,
  seen,
} from '../../../../bench/learning/digits/data-set.ts';
import { DISTORTION, PIXELS } from '../../../../bench/learning/digits/render.ts';

const clean = { ...DISTORTION, noise: 0, ink: [1, 1] } as const;
const { train, test } = digitData({ train: 300, test: 300, seed: 4, distortion: clean });

/** The colour at the brightest pixel. */
function colour(set: DigitSet, i: number): readonly number[] {
  const { gray, coloured } = seen(set, i);
  const at = gray.indexOf(Math.max(...gray));
  return [...coloured.subarray(at * CHANNELS, (at + 1) * CHANNELS)];
}

/** Share of pictures whose colour's nearest mean colour is the digit's own. */
function told(set: DigitSet): number {
  const means = Array.from({ length: DIGITS }, (_, digit) => {
    const source = random(digit);
    const many = Array.from({ length: 400 }, () => colourOf(digit, source));
    return [0, 1, 2].map((c) => many.reduce((sum, one) => sum + (one[c] ?? 0), 0) / many.length);
  });
  const square = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, c) => sum + (value - (b[c] ?? 0)) ** 2, 0);
  const right = Array.from(set.labels, (label, i) => {
    const seenColour = colour(set, i);
    const far = means.map((mean) => square(mean, seenColour));
    return far.indexOf(Math.min(...far)) === label;
  });
  return right.filter(Boolean).length / right.length;
}

describe('digitData', () => {
  it('holds every digit alike and is the same for the same seed', () => {
    for (let digit = 0; digit < DIGITS; digit++)
      expect(train.labels.filter((label) => label === digit)).toHaveLength(30);
    const again = digitData({ train: 300, test: 300, seed: 4, distortion: clean });
    expect(again.test.coloured).toEqual(test.coloured);
    expect(train.gray).not.toEqual(test.gray);
  });

  it('colours the gray view: one picture, two views', () => {
    const { gray, coloured } = seen(train, 7);
    const ink = colour(train, 7);
    for (let p = 0; p < PIXELS; p++)
      for (let c = 0; c < CHANNELS; c++)
        expect(coloured[p * CHANNELS + c]).toBeCloseTo((gray[p] ?? 0) * (ink[c] ?? 0), 5);
  });

  it('tells the digit by colour in training alone', () => {
    expect(told(train)).toBeGreaterThan(0.55);
    // 300 draws at one in ten: five deviations above it.
    expect(told(test)).toBeLessThan(0.1 + 5 * Math.sqrt((0.1 * 0.9) / 300));
  });
});
