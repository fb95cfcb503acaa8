import { describe, expect, it } from 'vitest';
import { bootstrap, estimate, pairedDifference } from '../../../bench/learning/statistics.ts';

describe('estimate', () => {
  it('gives the mean and half of Student’s interval', () => {
    // Deviation 2, n = 3: 4.303 * 2 / sqrt(3).
    const found = estimate([10, 12, 14]);
    expect(found?.mean).toBe(12);
    expect(found?.half).toBeCloseTo((4.303 * 2) / Math.sqrt(3), 6);
  });

  it('has no interval for one value and is null without any', () => {
    expect(estimate([7])).toEqual({ mean: 7, half: null, count: 1 });
    expect(estimate([])).toBeNull();
  });
});

describe('pairedDifference', () => {
  it('compares the seeds that both have', () => {
    const a = new Map([
      [1, 60],
      [2, 40],
      [3, 99],
    ]);
    const b = new Map([
      [2, 30],
      [1, 50],
    ]);
    expect(pairedDifference(a, b)).toEqual({ mean: 10, half: 0, count: 2 });
  });
});

describe('bootstrap', () => {
  it('bounds the mean by resampled means, the same each time', () => {
    const found = bootstrap([1, 2, 3, 4, 5]);
    expect(found?.mean).toBe(3);
    // Normal approximation: 1.96 * sqrt(2 / 5), the variance of a resample about its own mean.
    expect(found?.low).toBeCloseTo(3 - 1.96 * Math.sqrt(2 / 5), 0);
    expect(found?.high).toBeCloseTo(3 + 1.96 * Math.sqrt(2 / 5), 0);
    expect(bootstrap([1, 2, 3, 4, 5])).toEqual(found);
  });

  it('is the values themselves where they are alike', () => {
    expect(bootstrap([2, 2, 2])).toEqual({ mean: 2, low: 2, high: 2, count: 3 });
  });

  it('has no interval for one value and is null without any', () => {
    expect(bootstrap([7])).toEqual({ mean: 7, low: null, high: null, count: 1 });
    expect(bootstrap([])).toBeNull();
  });
});
