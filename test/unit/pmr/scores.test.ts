import { describe, expect, it } from 'vitest';

import { matrixOf, rowsOf } from '../../../src/pmr/matrix.ts';
import {
  atLabels,
  crossEntropy,
  distances,
  entropies,
  nearest,
  prototypeSoftmax,
  prototypicalCrossEntropy,
  softmax,
} from '../../../src/pmr/scores.ts';

const z = matrixOf(
  [
    [0, 0],
    [3, 4],
  ],
  2,
);
const centres = matrixOf(
  [
    [0, 0],
    [3, 4],
    [6, 8],
  ],
  2,
);

describe('distances', () => {
  it('gives the norm or its square, exactly 0 on a centre', () => {
    expect(rowsOf(distances(z, centres, 'euclid'))).toEqual([
      [0, 5, 10],
      [5, 0, 5],
    ]);
    expect(rowsOf(distances(z, centres, 'sq_euclid'))).toEqual([
      [0, 25, 100],
      [25, 0, 25],
    ]);
  });

  it('refuses a foreign width with ERR_PROTOTYPE_WIDTH', () => {
    expect(() => distances(z, matrixOf([[1]], 1), 'euclid')).toThrow(
      expect.objectContaining({ code: 'ERR_PROTOTYPE_WIDTH' }),
    );
  });
});

describe('softmax', () => {
  it('leaves masked classes out, and gives 0 where every class is masked', () => {
    const logits = matrixOf([[Math.log(1), Math.log(3), 99]], 3);
    const [row] = rowsOf(softmax(logits, [true, true, false]));
    expect(row?.[0]).toBeCloseTo(1 / 4, 12);
    expect(row?.[1]).toBeCloseTo(3 / 4, 12);
    expect(row?.[2]).toBe(0);
    expect(rowsOf(softmax(logits, [false, false, false]))).toEqual([[0, 0, 0]]);
  });

  it('does not overflow', () => {
    expect(rowsOf(softmax(matrixOf([[1e4, 0]], 2)))).toEqual([[1, 0]]);
  });
});

describe('prototypeSoftmax', () => {
  it('divides distances by tau', () => {
    const [row] = rowsOf(prototypeSoftmax(matrixOf([[1, 3]], 2), undefined, 2));
    expect(row?.[0]).toBeCloseTo(Math.exp(-0.5) / (Math.exp(-0.5) + Math.exp(-1.5)), 12);
  });
});

describe('what is read off', () => {
  it('finds the nearest, the lowest of equals', () => {
    expect(nearest(distances(z, centres, 'euclid'))).toEqual([0, 1]);
    expect(nearest(matrixOf([[2, 1, 1]], 3))).toEqual([1]);
  });

  it('gives entropies from 0 to log K', () => {
    const [sure, open] = entropies(
      matrixOf(
        [
          [1, 0, 0, 0],
          [0.25, 0.25, 0.25, 0.25],
        ],
        4,
      ),
    );
    expect(sure).toBe(0);
    expect(open).toBeCloseTo(Math.log(4), 12);
  });

  it('costs -log p at the label, by cross-entropy and by prototypes alike', () => {
    const d = matrixOf(
      [
        [1, 2, 4],
        [3, 1, 1],
      ],
      3,
    );
    const scores = atLabels(prototypeSoftmax(d), [0, 2]);
    const expected = -(Math.log(scores[0] ?? 0) + Math.log(scores[1] ?? 0)) / 2;
    expect(prototypicalCrossEntropy(d, [0, 2])).toBeCloseTo(expected, 12);
    expect(crossEntropy(matrixOf([[0, 0]], 2), [1])).toBeCloseTo(Math.log(2), 12);
    expect(crossEntropy(matrixOf([], 2), [])).toBe(0);
  });
});
