import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { matrixOf, rowsOf } from '../../../src/pmr/matrix.ts';
import { classMeans, withMomentum } from '../../../src/pmr/prototypes.ts';

const z = matrixOf(
  [
    [1, 2],
    [3, 6],
    [10, 0],
  ],
  2,
);

describe('classMeans', () => {
  it('averages each class and counts an absent one as not seen, without NaN', () => {
    const { means, counts, seen } = classMeans(z, [0, 0, 2], 3);
    expect(rowsOf(means)).toEqual([
      [(1 + 3) / 2, (2 + 6) / 2],
      [0, 0],
      [10, 0],
    ]);
    expect(counts).toEqual([2, 0, 1]);
    expect(seen).toEqual([true, false, true]);
  });

  it('ignores batch order', () => {
    const sample = fc.record({
      label: fc.integer({ min: 0, max: 2 }),
      row: fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 2 }), // integers add up exactly
    });
    const means = (batch: readonly { label: number; row: number[] }[]) =>
      rowsOf(
        classMeans(
          matrixOf(
            batch.map(({ row }) => row),
            2,
          ),
          batch.map(({ label }) => label),
          3,
        ).means,
      );
    fc.assert(
      fc.property(fc.array(sample), (batch) => {
        expect(means([...batch].reverse())).toEqual(means(batch));
      }),
    );
  });

  it.each([[[0, 1, 3]], [[0, -1, 1]], [[0, 0.5, 1]]])('refuses labels %j with ERR_RANGE', (labels) => {
    expect(() => classMeans(z, labels, 3)).toThrow(expect.objectContaining({ code: 'ERR_RANGE' }));
  });

  it('refuses labels of another number with ERR_SHAPE', () => {
    expect(() => classMeans(z, [0], 3)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});

describe('withMomentum', () => {
  const old = matrixOf(
    [
      [0, 0],
      [7, 7],
    ],
    2,
  );

  it('keeps the share epsilon of the old prototype, and all of an absent class', () => {
    const means = classMeans(matrixOf([[4, 8]], 2), [0], 2);
    expect(rowsOf(withMomentum(old, means, 0.25))).toEqual([
      [0.75 * 4, 0.75 * 8],
      [7, 7],
    ]);
  });

  it('refuses another width or class count with ERR_PROTOTYPE_WIDTH', () => {
    for (const [width, classes] of [
      [1, 2],
      [2, 3],
    ] as const) {
      const means = classMeans(matrixOf([], width), [], classes);
      expect(() => withMomentum(old, means, 0)).toThrow(
        expect.objectContaining({ code: 'ERR_PROTOTYPE_WIDTH' }),
      );
    }
  });
});
