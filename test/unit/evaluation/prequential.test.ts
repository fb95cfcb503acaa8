import { describe, expect, it } from 'vitest';

import {
  accuracyOf,
  FORGETTING_FACTOR,
  NOTHING_SCORED,
  scored,
} from '../../../src/evaluation/prequential.ts';

describe('scored', () => {
  it('fades older samples by the forgetting factor', () => {
    const state = [true, false, true].reduce((fading, hit) => scored(fading, hit, 0.5), NOTHING_SCORED);
    expect(accuracyOf(state)).toBeCloseTo((0.25 * 1 + 0.5 * 0 + 1) / (0.25 + 0.5 + 1), 12);
    expect(state.count).toBe(3);
  });

  it('follows a change within about 1 / (1 - f) samples', () => {
    let state = NOTHING_SCORED;
    for (let i = 0; i < 1000; i++) state = scored(state, true);
    for (let i = 0; i < 50; i++) state = scored(state, false);
    expect(accuracyOf(state)).toBeCloseTo(FORGETTING_FACTOR ** 50, 6); // 0.36
  });

  it('has no accuracy before the first sample', () => {
    expect(accuracyOf(NOTHING_SCORED)).toBeNull();
  });

  it.each([
    [2, 0.9],
    [Number.NaN, 0.9],
    [1, 0],
    [1, 1.1],
  ])('refuses hit %d with factor %d by ERR_RANGE', (hit, factor) => {
    expect(() => scored(NOTHING_SCORED, hit, factor)).toThrow(expect.objectContaining({ code: 'ERR_RANGE' }));
  });
});
