import { describe, expect, it } from 'vitest';
import { backoff } from '../../../client/backoff.ts';
import { random } from '../../../src/random.ts';

const still = { ...random(1), uniform: () => 0 };
const late = { ...random(1), uniform: () => 1 };

describe('backoff', () => {
  it('doubles from a quarter of a second to five seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((attempt) => backoff(attempt, still))).toEqual([
      250, 500, 1000, 2000, 4000, 5000, 5000,
    ]);
  });

  it('is spread by at most a quarter', () => {
    expect(backoff(1, late)).toBe(250 * 0.75);
  });
});
