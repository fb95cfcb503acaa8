import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { followedDistance, medianOf, tauOf } from '../../../../src/pmr/stream/tau.ts';

const settings = { tauMemory: 0.99, tauSpread: 4 };

describe('medianOf', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(medianOf([3, 1, 2])).toBe(2);
    expect(medianOf([4, 1, 3, 2])).toBe((2 + 3) / 2);
    expect(medianOf([])).toBeNull();
  });
});

describe('followedDistance', () => {
  it('starts with the first sample and then moves by a hundredth', () => {
    expect(followedDistance(null, [2, 8, 5], settings)).toBe(5);
    expect(followedDistance(5, [1, 7, 9], settings)).toBeCloseTo(0.99 * 5 + 0.01 * 7, 12);
  });

  it('stays while there is no prototype', () => {
    expect(followedDistance(null, [], settings)).toBeNull();
    expect(followedDistance(5, [], settings)).toBe(5);
  });
});

describe('tauOf', () => {
  it('is a quarter of the followed distance, and the paper’s 1 where there is none', () => {
    expect(tauOf(8, settings)).toBe(8 / 4);
    expect(tauOf(null, settings)).toBe(1);
    expect(tauOf(0, settings)).toBe(1);
  });

  it('takes the scale of the features out of a distance', () => {
    const distances = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(distances, { minLength: 1, maxLength: 9 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (samples, scale) => {
          const follow = (factor: number): number =>
            tauOf(
              samples.reduce<number | null>(
                (old, one) =>
                  followedDistance(
                    old,
                    one.map((d) => d * factor),
                    settings,
                  ),
                null,
              ),
              settings,
            );
          expect(follow(scale) / follow(1) / scale).toBeCloseTo(1, 9);
        },
      ),
    );
  });
});
