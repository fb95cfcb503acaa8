/**
 * Distances to prototypes, the non-parametric softmax over them, and what is read off it.
 *
 * Shapes: B batch, K classes, D representation width; float64. Equation numbers: the paper's (arXiv 2211.07089).
 */
import { ShapeError } from '../errors.ts';
import { type Matrix, rowOf, zeros } from './matrix.ts';

/** `euclid`: the norm, as in the paper and in the published code. `sq_euclid`: its square, as in prototypical networks. */
export type Distance = 'euclid' | 'sq_euclid';

/**
 * Distances [B, K] of each `z` to each centre. Exactly 0 on a centre.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH if `z` and `centres` differ in D.
 */
export function distances(z: Matrix, centres: Matrix, distance: Distance): Matrix {
  if (z.columns !== centres.columns) {
    const hint = `z is ${z.columns} wide, prototypes ${centres.columns}: reset them when the encoder changes`;
    throw new ShapeError('ERR_PROTOTYPE_WIDTH', hint);
  }
  const result = zeros(z.rows, centres.rows);
  for (let i = 0; i < z.rows; i++) {
    const row = rowOf(z, i);
    for (let k = 0; k < centres.rows; k++) {
      const centre = rowOf(centres, k);
      let sum = 0;
      for (let d = 0; d < row.length; d++) sum += (row[d]! - centre[d]!) ** 2;
      result.values[i * centres.rows + k] = distance === 'euclid' ? Math.sqrt(sum) : sum;
    }
  }
  return result;
}

function softmaxRow(logits: Float64Array, mask: readonly boolean[] | undefined): Float64Array {
  const counts = (k: number): boolean => mask?.[k] ?? true;
  const top = logits.reduce(
    (max, logit, k) => (counts(k) ? Math.max(max, logit) : max),
    Number.NEGATIVE_INFINITY,
  );
  const powers = logits.map((logit, k) => (counts(k) ? Math.exp(logit - top) : 0));
  const mass = powers.reduce((sum, power) => sum + power, 0);
  return mass > 0 ? powers.map((power) => power / mass) : powers;
}

/** Softmax of each row [B, K], over the classes of `mask` only (default all): the others get 0, and all 0 where none counts. */
export function softmax(logits: Matrix, mask?: readonly boolean[]): Matrix {
  const result = zeros(logits.rows, logits.columns);
  for (let i = 0; i < logits.rows; i++) rowOf(result, i).set(softmaxRow(rowOf(logits, i), mask));
  return result;
}

/** Equation 7: softmax over the classes of `-distance / tau`. `tau` 1 is the paper's. */
export function prototypeSoftmax(distance: Matrix, mask?: readonly boolean[], tau = 1): Matrix {
  return softmax({ ...distance, values: distance.values.map((d) => -d / tau) }, mask);
}

/** Each row's entry at its label: [B]. */
export function atLabels(matrix: Matrix, labels: readonly number[]): number[] {
  return labels.map((label, i) => rowOf(matrix, i)[label]!);
}

/** Index of each row's least entry; the lowest of equals. */
export function nearest(distance: Matrix): number[] {
  return Array.from({ length: distance.rows }, (_, i) => {
    const row = rowOf(distance, i);
    return row.indexOf(Math.min(...row));
  });
}

export const sumOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : sumOf(values) / values.length;

/** Natural-log entropy of each row of probabilities: [B]; `0 log 0` is 0. */
export function entropies(probabilities: Matrix): number[] {
  return Array.from({ length: probabilities.rows }, (_, i) =>
    rowOf(probabilities, i).reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0),
  );
}

/** Batch mean of `-log softmax(logits)` at the labels, by log-sum-exp. */
export function crossEntropy(logits: Matrix, labels: readonly number[]): number {
  const costs = labels.map((label, i) => {
    const row = rowOf(logits, i);
    const top = Math.max(...row);
    return top + Math.log(sumOf(row.map((logit) => Math.exp(logit - top)))) - row[label]!;
  });
  return meanOf(costs);
}

/** Equation 9, PCE: batch mean of `-log p(y)` under the prototype softmax. */
export function prototypicalCrossEntropy(distance: Matrix, labels: readonly number[], tau = 1): number {
  return crossEntropy({ ...distance, values: distance.values.map((d) => -d / tau) }, labels);
}
