import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { micros } from '../../../../proto/units.ts';
import { TokenBucket } from '../../../../server/signaling/token-bucket.ts';

describe('TokenBucket', () => {
  it('gives its burst at once, then its rate', () => {
    const bucket = new TokenBucket(10, 3, micros(0));
    expect([1, 1, 1, 1].map((amount) => bucket.take(amount, micros(0)))).toEqual([true, true, true, false]);
    expect(bucket.take(1, micros(99_000))).toBe(false); // 0.99 of one
    expect(bucket.take(1, micros(100_000))).toBe(true);
  });

  it('takes nothing where there is not enough', () => {
    const bucket = new TokenBucket(1, 5, micros(0));
    expect(bucket.take(6, micros(0))).toBe(false);
    expect(bucket.take(5, micros(0))).toBe(true);
  });

  it('never gives more than its burst and its rate together', () => {
    const steps = fc.array(fc.tuple(fc.nat(500_000), fc.nat(20)), { maxLength: 100 });
    fc.assert(
      fc.property(steps, (takes) => {
        const bucket = new TokenBucket(10, 20, micros(0));
        let now = 0;
        let given = 0;
        for (const [wait, amount] of takes) {
          now += wait;
          if (bucket.take(amount, micros(now))) given += amount;
        }
        expect(given).toBeLessThanOrEqual(20 + (10 * now) / 1e6 + 1e-6);
      }),
    );
  });
});
