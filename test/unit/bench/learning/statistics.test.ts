import { describe, expect, it } from 'vitest';
import { estimate, pairedDifference } from '../../../bench/learning/statistics.ts';

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
