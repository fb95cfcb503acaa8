import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffsetEstimator } from '../../../../client/capture/offset.ts';
import { micros } from '../../../../proto/units.ts';

describe('OffsetEstimator', () => {
  it('maps by the smallest delay of the last ten seconds', () => {
    const offset = new OffsetEstimator();
    offset.observe(0, micros(1_000_000 + 9000));
    offset.observe(20_000, micros(1_020_000 + 2000));
    offset.observe(40_000, micros(1_040_000 + 30_000));
    expect(offset.pageTime(60_000)).toBe(1_060_000 + 2000);
  });

  it('follows a clock that drifts away, once the old minimum is ten seconds old', () => {
    const offset = new OffsetEstimator();
    offset.observe(0, micros(100));
    for (let s = 1; s <= 11; s++) offset.observe(s * 1e6, micros(s * 1e6 + 5000));
    expect(offset.pageTime(0)).toBe(5000);
  });

  it('is settled 0.4 s after the first arrival', () => {
    const offset = new OffsetEstimator();
    expect(offset.settled(micros(0))).toBe(false);
    offset.observe(0, micros(1000));
    expect(offset.settled(micros(1000 + 399_999))).toBe(false);
    expect(offset.settled(micros(1000 + 400_000))).toBe(true);
  });

  it('agrees with a plain minimum over the window', () => {
    const delays = fc.array(
      fc.record({ step: fc.integer({ min: 1, max: 3_000_000 }), delay: fc.nat(80_000) }),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(delays, (rows) => {
        const offset = new OffsetEstimator();
        let arrived = 0;
        const seen: { arrived: number; delay: number }[] = [];
        for (const { step, delay } of rows) {
          arrived += step;
          seen.push({ arrived, delay });
          offset.observe(arrived - delay, micros(arrived));
        }
        const recent = seen.filter((one) => one.arrived >= arrived - 10e6);
        expect(offset.pageTime(0)).toBe(Math.min(...recent.map((one) => one.delay)));
      }),
    );
  });
});
