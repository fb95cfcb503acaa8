import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { micros, microsFromSeconds } from '../../../proto/units.ts';
import { DEFAULT_GRID, endOf, lastComplete, sampleIndexes, startOf } from '../../../src/pairing/grid.ts';

describe('lastComplete', () => {
  it('is below zero before the first window has ended', () => {
    expect(lastComplete(DEFAULT_GRID, microsFromSeconds(0.95))).toBe(-1);
    expect(lastComplete(DEFAULT_GRID, microsFromSeconds(0.96))).toBe(0);
    expect(lastComplete(DEFAULT_GRID, microsFromSeconds(1.2))).toBe(1);
  });

  it('is the largest index whose end the watermark has reached (law)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (at) => {
        const index = lastComplete(DEFAULT_GRID, micros(at));
        expect(endOf(DEFAULT_GRID, index)).toBeLessThanOrEqual(at);
        expect(endOf(DEFAULT_GRID, index + 1)).toBeGreaterThan(at);
      }),
    );
  });
});

describe('sampleIndexes', () => {
  it('takes every second window of a 2.4 s span: starts half a window apart', () => {
    // starts 0, 0.48, 0.96, 1.44: the last one ends at 2.4
    expect(sampleIndexes(DEFAULT_GRID, micros(0), microsFromSeconds(2.4))).toEqual([0, 2, 4, 6]);
  });

  it('is empty for a span shorter than a window', () => {
    expect(sampleIndexes(DEFAULT_GRID, micros(0), microsFromSeconds(0.9))).toEqual([]);
  });

  it('keeps every window inside the span and half a window apart (law)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6e7 }), fc.integer({ min: 1, max: 1e7 }), (start, length) => {
        const indexes = sampleIndexes(DEFAULT_GRID, micros(start), micros(start + length));
        for (const [i, index] of indexes.entries()) {
          expect(startOf(DEFAULT_GRID, index)).toBeGreaterThanOrEqual(start);
          expect(endOf(DEFAULT_GRID, index)).toBeLessThanOrEqual(start + length);
          const before = indexes[i - 1];
          if (before !== undefined)
            expect((index - before) * DEFAULT_GRID.hop).toBeGreaterThanOrEqual(DEFAULT_GRID.span / 2);
        }
        // the span is long enough for one window wherever the grid falls
        if (length >= DEFAULT_GRID.span + DEFAULT_GRID.hop) expect(indexes.length).toBeGreaterThan(0);
      }),
    );
  });
});
