import { describe, expect, it } from 'vitest';

import { knot, lane, valueAt } from '../../../../../src/pretraining/sounds/speech/lanes.ts';

describe('valueAt', () => {
  const rising = lane();
  knot(rising, 1, 10);
  knot(rising, 3, 20);

  it('keeps the first and the last value outside, and steps softly between them', () => {
    expect([0, 1, 2, 3, 9].map((at) => valueAt(rising, at))).toEqual([10, 10, 15, 20, 20]);
    expect(valueAt(rising, 1.5)).toBeCloseTo(10 + 10 * (3 / 16 - 2 / 64), 9); // s = 1/4
  });

  it('is 0 without knots', () => {
    expect(valueAt(lane(), 1)).toBe(0);
  });

  it('takes a knot from before the last as one at its time', () => {
    const jump = lane();
    knot(jump, 2, 1);
    knot(jump, 1, 5);
    expect([valueAt(jump, 1.9), valueAt(jump, 2)]).toEqual([1, 5]);
  });
});
