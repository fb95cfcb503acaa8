import { describe, expect, it } from 'vitest';

import {
  accuracyOf,
  balancedAccuracyOf,
  type Confusion,
  counted,
  emptyConfusion,
  perClass,
} from '../../../src/evaluation/confusion.ts';

const of = (...windows: readonly (readonly [string, string | null])[]): Confusion =>
  windows.reduce(
    (confusion, [truth, said]) => counted(confusion, truth, said),
    emptyConfusion(['a', 'b', 'c']),
  );

const example = of(['a', 'a'], ['a', 'a'], ['a', 'b'], ['a', null], ['b', 'b']);

describe('counted', () => {
  it('counts truth by answer, unknown last', () => {
    expect(example.counts).toEqual([
      [2, 1, 0, 1],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('refuses a foreign class with ERR_CLASS_COUNT', () => {
    expect(() => of(['z', 'a'])).toThrow(expect.objectContaining({ code: 'ERR_CLASS_COUNT' }));
    expect(() => of(['a', 'z'])).toThrow(expect.objectContaining({ code: 'ERR_CLASS_COUNT' }));
  });
});

describe('accuracyOf and balancedAccuracyOf', () => {
  it('count windows alike, and classes alike', () => {
    expect(accuracyOf(example)).toBe(3 / 5);
    expect(balancedAccuracyOf(example)).toBe((2 / 4 + 1 / 1) / 2);
  });

  it('have no value while nothing was counted', () => {
    expect(accuracyOf(of())).toBeNull();
    expect(balancedAccuracyOf(emptyConfusion([]))).toBeNull();
  });
});

describe('perClass', () => {
  it('gives support, recall and precision, null where there is nothing to divide by', () => {
    expect(perClass(example)).toEqual([
      { classId: 'a', support: 4, recall: 2 / 4, precision: 2 / 2 },
      { classId: 'b', support: 1, recall: 1, precision: 1 / 2 },
      { classId: 'c', support: 0, recall: null, precision: null },
    ]);
  });
});
