import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPARED_LABELS, comparePaired, type PairedScore } from '../../../src/evaluation/paired.ts';

const times = (count: number, on: number, off: number): PairedScore[] =>
  Array.from({ length: count }, () => ({ on, off }));

describe('comparePaired', () => {
  it('gives both shares and the interval of their paired difference', () => {
    // differences: 10 times 1, 30 times 0; mean 1/4, variance (10 (3/4)^2 + 30 (1/4)^2) / 39
    const found = comparePaired([...times(10, 1, 0), ...times(30, 1, 1)]);
    const half = 1.96 * Math.sqrt((10 * (3 / 4) ** 2 + 30 * (1 / 4) ** 2) / 39 / 40);
    expect(found).toMatchObject({ labels: 40, onShare: 1, offShare: 30 / 40 });
    expect(found.low).toBeCloseTo(1 / 4 - half, 12);
    expect(found.high).toBeCloseTo(1 / 4 + half, 12);
  });

  it('looks at the newest labels alone', () => {
    const found = comparePaired([...times(100, 0, 1), ...times(COMPARED_LABELS, 1, 0)]);
    expect(found).toEqual({ labels: COMPARED_LABELS, onShare: 1, offShare: 0, low: 1, high: 1 });
  });

  it('knows nothing before the second label', () => {
    expect(comparePaired([])).toEqual({ labels: 0, onShare: 0, offShare: 0, low: -1, high: 1 });
    expect(comparePaired(times(1, 1, 0))).toMatchObject({ labels: 1, low: -1, high: 1 });
  });

  it('turns over when the two are exchanged', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.record({ on: share, off: share }), { minLength: 2 }), (scores) => {
        const found = comparePaired(scores);
        const exchanged = comparePaired(scores.map(({ on, off }) => ({ on: off, off: on })));
        expect(exchanged.low).toBeCloseTo(-found.high, 9);
        expect(exchanged.high).toBeCloseTo(-found.low, 9);
        expect(found.low).toBeLessThanOrEqual(found.high);
      }),
    );
  });
});
