import { describe, expect, it } from 'vitest';

import {
  accelerationLoss,
  crossEntropyGradient,
  entropyGradient,
  entropyTerm,
  pceGradient,
} from '../../../src/pmr/losses.ts';
import { type Matrix, matrixOf, rowsOf } from '../../../src/pmr/matrix.ts';
import {
  distances,
  entropies,
  meanOf,
  prototypeSoftmax,
  prototypicalCrossEntropy,
  softmax,
} from '../../../src/pmr/scores.ts';
import { random } from '../../../src/random.ts';

const source = random(4);
const drawn = (rows: number, columns: number): Matrix =>
  matrixOf(
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => source.normal())),
    columns,
  );

const centres = drawn(4, 3);
const z = drawn(5, 3);
const labels = [0, 3, 1, 1, 2];

/** Central differences of `loss` in every entry of z. */
function numeric(loss: (z: Matrix) => number): number[][] {
  const step = 1e-6;
  return rowsOf(z).map((row, i) =>
    row.map((_, d) => {
      const moved = (by: number): number => {
        const values = Float64Array.from(z.values);
        values[i * z.columns + d]! += by;
        return loss({ ...z, values });
      };
      return (moved(step) - moved(-step)) / (2 * step);
    }),
  );
}

const expectClose = (gradient: Matrix, expected: number[][]): void => {
  rowsOf(gradient).forEach((row, i) => {
    row.forEach((value, d) => {
      expect(value).toBeCloseTo(expected[i]?.[d] ?? Number.NaN, 8);
    });
  });
};

describe('the totals', () => {
  it('weigh their parts as equations 10 and 13 say', () => {
    const modulation = { alpha: 2, mu: 0.1, beta: 0.5, gamma: 0.25 };
    const parts = { fused: 1, pceAudio: 3, pceVideo: 5 };
    expect(accelerationLoss(parts, modulation)).toBeCloseTo(1 + 2 * (0.5 * 3 + 0.25 * 5), 12);
    // crossed: the entropy of the modality that is not pushed
    expect(entropyTerm(7, 11, modulation)).toBeCloseTo(0.1 * (0.25 * 7 + 0.5 * 11), 12);
  });
});

describe.each(['euclid', 'sq_euclid'] as const)('gradients with %s', (distance) => {
  it('agree with central differences', () => {
    expectClose(
      pceGradient(z, centres, labels, distance),
      numeric((at) => prototypicalCrossEntropy(distances(at, centres, distance), labels)),
    );
    expectClose(
      entropyGradient(z, centres, distance),
      numeric((at) => meanOf(entropies(prototypeSoftmax(distances(at, centres, distance))))),
    );
  });

  it('are finite exactly on a prototype', () => {
    const onCentres = [...pceGradient(centres, centres, [0, 1, 2, 3], distance).values];
    expect([...onCentres, ...entropyGradient(centres, centres, distance).values].every(Number.isFinite)).toBe(
      true,
    );
  });
});

describe('crossEntropyGradient', () => {
  it('is (p - y) W over the batch size', () => {
    const p = softmax(
      matrixOf(
        [
          [0, 0],
          [0, 0],
        ],
        2,
      ),
    );
    const gradient = crossEntropyGradient(
      p,
      [0, 1],
      matrixOf(
        [
          [1, 2],
          [3, 4],
        ],
        2,
      ),
    );
    expect(rowsOf(gradient)).toEqual([
      [(-0.5 * 1 + 0.5 * 3) / 2, (-0.5 * 2 + 0.5 * 4) / 2],
      [(0.5 * 1 - 0.5 * 3) / 2, (0.5 * 2 - 0.5 * 4) / 2],
    ]);
  });
});
