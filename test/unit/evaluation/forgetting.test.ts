import { describe, expect, it } from 'vitest';

import { forgetting, forgettingByClass } from '../../../src/evaluation/forgetting.ts';

const evaluations = [
  new Map([['a', 0.9]]),
  new Map([
    ['a', 0.7],
    ['b', 0.5],
  ]),
  new Map([
    ['a', 0.8],
    ['b', 0.75],
    ['c', 1],
  ]),
];

describe('forgetting', () => {
  it('is the fall below each class’s own best, over classes known before', () => {
    const byClass = forgettingByClass(evaluations);
    expect([...byClass.keys()]).toEqual(['a', 'b']);
    expect(byClass.get('a')).toBeCloseTo(0.9 - 0.8, 12);
    expect(byClass.get('b')).toBeCloseTo(0.5 - 0.75, 12); // has improved
    expect(forgetting(evaluations)).toBeCloseTo((0.1 - 0.25) / 2, 12);
  });

  it('has no value before a class was evaluated twice', () => {
    expect(forgetting([])).toBeNull();
    expect(forgetting(evaluations.slice(0, 1))).toBeNull();
  });
});
