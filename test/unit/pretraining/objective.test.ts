/** The losses against the same sums in plain numbers. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { openBackend } from '../../../server/compute/backend.ts';
import { contrastLoss, kindLoss, measureLoss, varianceLoss } from '../../../src/pretraining/objective.ts';
import { random } from '../../../src/random.ts';

beforeAll(async () => {
  await openBackend('eager');
});

type Rows = readonly (readonly number[])[];

const drawn = (rows: number, width: number, seed: number): Rows => {
  const source = random(seed);
  return Array.from({ length: rows }, () => Array.from({ length: width }, () => source.normal()));
};
const tensor = (rows: Rows): tf.Tensor2D => tf.tensor2d(rows.map((row) => [...row]));
const numberOf = (loss: tf.Scalar): number => loss.dataSync()[0] ?? Number.NaN;

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function plainContrast(rows: Rows, temperature: number): number {
  const cosine = (a: readonly number[], b: readonly number[]): number =>
    dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) / temperature;
  const costs = rows.map((row, i) => {
    const partner = rows[(i + rows.length / 2) % rows.length] ?? [];
    const others = rows.filter((_, j) => j !== i).map((other) => Math.exp(cosine(row, other)));
    return -cosine(row, partner) + Math.log(others.reduce((sum, value) => sum + value, 0));
  });
  return mean(costs);
}

function plainVariance(rows: Rows): number {
  const half = rows.length / 2;
  const width = rows[0]?.length ?? 0;
  const [first, second] = [rows.slice(0, half), rows.slice(half)];
  const apart = mean(first.flatMap((row, i) => row.map((value, d) => (value - (second[i]?.[d] ?? 0)) ** 2)));
  const ofBranch = (branch: Rows) => {
    const means = Array.from({ length: width }, (_, d) => mean(branch.map((row) => row[d] ?? 0)));
    const covariance = (a: number, b: number): number =>
      branch.reduce(
        (sum, row) => sum + ((row[a] ?? 0) - (means[a] ?? 0)) * ((row[b] ?? 0) - (means[b] ?? 0)),
        0,
      ) /
      (half - 1);
    let off = 0;
    for (let a = 0; a < width; a++) for (let b = 0; b < width; b++) if (a !== b) off += covariance(a, b) ** 2;
    const short = Array.from({ length: width }, (_, d) =>
      Math.max(0, 1 - Math.sqrt(covariance(d, d) + 1e-4)),
    );
    return { short: mean(short), off: off / width };
  };
  const [a, b] = [ofBranch(first), ofBranch(second)];
  return 25 * apart + 25 * ((a.short + b.short) / 2) + a.off + b.off;
}

/** Gradient of a loss at `rows`. */
const slope = (loss: (rows: tf.Tensor2D) => tf.Scalar, rows: Rows): readonly number[] =>
  Array.from(
    tf
      .grad((x: tf.Tensor) => loss(x.as2D(rows.length, rows[0]?.length ?? 0)))(tensor(rows))
      .dataSync(),
  );

describe('contrastLoss', () => {
  it('is the cross-entropy of finding the other rendering', () => {
    const rows = drawn(8, 5, 1);
    expect(numberOf(contrastLoss(tensor(rows), 0.15))).toBeCloseTo(plainContrast(rows, 0.15), 4);
  });

  it('is log(2B - 1) where all rows are the same, and finite where they are 0', () => {
    const same: Rows = Array.from({ length: 6 }, () => [1, 2]);
    expect(numberOf(contrastLoss(tensor(same), 0.5))).toBeCloseTo(Math.log(5), 5);
    const nothing: Rows = Array.from({ length: 6 }, () => [0, 0]);
    expect(slope((x) => contrastLoss(x, 0.5), nothing).every(Number.isFinite)).toBe(true);
  });

  it('does not depend on the length of a row, and its gradient stands at right angles to it', () => {
    const rows = drawn(6, 4, 2);
    const longer = rows.map((row, i) => row.map((value) => value * (i + 1)));
    expect(numberOf(contrastLoss(tensor(longer), 0.2))).toBeCloseTo(
      numberOf(contrastLoss(tensor(rows), 0.2)),
      4,
    );
    const gradient = slope((x) => contrastLoss(x, 0.2), rows);
    rows.forEach((row, i) => {
      expect(dot(row, gradient.slice(4 * i, 4 * i + 4))).toBeCloseTo(0, 4);
    });
  });
});

describe('varianceLoss', () => {
  it('is the sum of its three terms', () => {
    const rows = drawn(10, 4, 3).map((row) => row.map((value, d) => value * (0.3 + 0.4 * d)));
    expect(numberOf(varianceLoss(tensor(rows)))).toBeCloseTo(plainVariance(rows), 3);
  });

  it('holds rows apart that have become one point', () => {
    const point: Rows = Array.from({ length: 8 }, () => [0.5, -1]);
    const near = point.map((row, i) => row.map((value, d) => value + 1e-3 * Math.sin(3 * i + d)));
    const gradient = slope(varianceLoss, near);
    const moved = near.map((row, i) => row.map((value, d) => value - 1e-4 * (gradient[2 * i + d] ?? 0)));
    expect(plainVariance(moved)).toBeLessThan(plainVariance(near));
  });

  it('leaves alone what agrees, varies and is not correlated', () => {
    const half: Rows = [
      [2, 2],
      [2, -2],
      [-2, 2],
      [-2, -2],
    ];
    expect(numberOf(varianceLoss(tensor([...half, ...half])))).toBeCloseTo(0, 5);
  });
});

describe('kindLoss', () => {
  it('is log K where nothing is known', () => {
    const kinds = tf
      .oneHot(tf.tensor1d([0, 2], 'int32'), 3)
      .toFloat()
      .as2D(2, 3);
    expect(numberOf(kindLoss(tf.zeros([2, 3]), kinds))).toBeCloseTo(Math.log(3), 5);
  });
});

describe('measureLoss', () => {
  it('counts known measures alone', () => {
    const guesses = tensor([
      [1, 5],
      [0, 0.5],
    ]);
    const measures = tensor([
      [0, 0],
      [1, 0],
    ]);
    const known = tensor([
      [1, 0],
      [1, 1],
    ]);
    expect(numberOf(measureLoss(guesses, { measures, known }))).toBeCloseTo((1 + 1 + 0.25) / 3, 5);
    expect(numberOf(measureLoss(guesses, { measures, known: tf.zeros([2, 2]) }))).toBe(0);
  });
});
