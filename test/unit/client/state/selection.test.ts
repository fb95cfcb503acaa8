import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromDrag, GESTURE, nudge, onRibbon, SHORTEST, STEP } from '../../../../client/state/selection.ts';
import { micros } from '../../../../proto/units.ts';

const oldest = micros(10_000_000);
const newest = micros(70_000_000);
const bounds = { oldest, newest };

describe('fromDrag', () => {
  it('snaps a drag in either direction to the grain', () => {
    const span = { start: 42 * STEP, end: 50 * STEP };
    expect(fromDrag(micros(20_200_000), micros(24_100_000), oldest, newest)).toEqual(span);
    expect(fromDrag(micros(24_100_000), micros(20_200_000), oldest, newest)).toEqual(span);
  });

  it('takes 2.4 s around a click', () => {
    const { start, end } = fromDrag(micros(30_000_000), micros(30_000_000), oldest, newest);
    expect([start, end]).toEqual([30_000_000 - GESTURE / 2, 30_000_000 + GESTURE / 2]);
  });

  it('always lies on the ribbon and holds a whole window', () => {
    const moment = fc.integer({ min: 0, max: 90_000_000 });
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        const { start, end } = fromDrag(micros(a), micros(b), oldest, newest);
        expect(start).toBeGreaterThanOrEqual(oldest);
        expect(end).toBeLessThanOrEqual(newest);
        expect(end - start).toBeGreaterThanOrEqual(SHORTEST);
      }),
    );
  });
});

describe('nudge', () => {
  it('begins with the last moments', () => {
    expect(nudge(null, -1, false, bounds)).toEqual({ start: newest - GESTURE, end: newest });
  });

  it('moves, grows into the past and shrinks to a whole window', () => {
    const first = nudge(null, 0, false, bounds);
    const moved = nudge(first, -2, false, bounds);
    expect(moved).toEqual({ start: first.start - 2 * STEP, end: first.end - 2 * STEP });
    expect(nudge(moved, -1, true, bounds)).toEqual({ start: moved.start - STEP, end: moved.end });
    const small = nudge(moved, 99, true, bounds);
    expect(small).toEqual({ start: moved.end - SHORTEST, end: moved.end });
  });
});

describe('onRibbon', () => {
  const selection = { start: micros(8_000_000), end: micros(oldest + SHORTEST) };

  it('keeps a selection as long as the shortest span of it is left', () => {
    expect(onRibbon(selection, oldest)).toBe(selection);
    expect(onRibbon(selection, micros(oldest + 1))).toBeNull();
  });

  it('keeps none as none', () => {
    expect(onRibbon(null, oldest)).toBeNull();
  });
});
