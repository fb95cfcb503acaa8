/**
 * Total losses of the paper and of the published code, with their analytic gradients. Plain numbers, float64.
 *
 * Equation numbers: Fan et al., CVPR 2023 (arXiv 2211.07089). Push coefficients are constants in every gradient.
 * Where a sample lies exactly on a prototype the derivative of the norm is taken as 0.
 */
import { type Matrix, rowOf, zeros } from './matrix.ts';
import { type Distance, entropies, distances as prototypeDistances, prototypeSoftmax } from './scores.ts';

/** The parts that both totals are made of; each a batch mean. */
export type LossParts = {
  readonly fused: number;
  readonly pceAudio: number;
  readonly pceVideo: number;
};

export type Modulation = {
  /** Weight of PCE. */
  readonly alpha: number;
  /** Weight of PER. */
  readonly mu: number;
  readonly beta: number;
  readonly gamma: number;
};

/** Equation 10: `L_acc = CE + alpha (beta PCE_audio + gamma PCE_video)`. */
export function accelerationLoss(parts: LossParts, { alpha, beta, gamma }: Modulation): number {
  return parts.fused + alpha * (beta * parts.pceAudio + gamma * parts.pceVideo);
}

/** The part of equation 13 that is subtracted early on: `mu (gamma H_audio + beta H_video)`, the dominant side's entropy. */
export function entropyTerm(
  entropyAudio: number,
  entropyVideo: number,
  { mu, beta, gamma }: Modulation,
): number {
  return mu * (gamma * entropyAudio + beta * entropyVideo);
}

/** Derivative of the distance to one centre, written into `into`. */
function slopeOf(z: Float64Array, centre: Float64Array, distance: Distance, into: Float64Array): void {
  let norm = 0;
  for (let d = 0; d < z.length; d++) norm += (z[d]! - centre[d]!) ** 2;
  const factor = distance === 'sq_euclid' ? 2 : norm === 0 ? 0 : 1 / Math.sqrt(norm);
  for (let d = 0; d < z.length; d++) into[d] = factor * (z[d]! - centre[d]!);
}

/** `sum_k weight(i, k) * d distance(i, k) / dz_i`, for every sample: [B, D]. */
function weightedSlopes(
  z: Matrix,
  centres: Matrix,
  distance: Distance,
  weight: (i: number, k: number) => number,
): Matrix {
  const result = zeros(z.rows, z.columns);
  const slope = new Float64Array(z.columns);
  for (let i = 0; i < z.rows; i++) {
    const row = rowOf(result, i);
    for (let k = 0; k < centres.rows; k++) {
      slopeOf(rowOf(z, i), rowOf(centres, k), distance, slope);
      const factor = weight(i, k);
      for (let d = 0; d < row.length; d++) row[d] = row[d]! + factor * slope[d]!;
    }
  }
  return result;
}

/** Gradient [B, D] of PCE in z: `(u_y - sum_k p_k u_k) / B`, `u` the slope of the distance. */
export function pceGradient(
  z: Matrix,
  centres: Matrix,
  labels: readonly number[],
  distance: Distance,
): Matrix {
  const p = prototypeSoftmax(prototypeDistances(z, centres, distance));
  return weightedSlopes(
    z,
    centres,
    distance,
    (i, k) => ((labels[i] === k ? 1 : 0) - p.values[i * p.columns + k]!) / z.rows,
  );
}

/** Gradient [B, D] of the batch mean entropy in z: `sum_k p_k (log p_k + H) u_k / B`. */
export function entropyGradient(z: Matrix, centres: Matrix, distance: Distance): Matrix {
  const p = prototypeSoftmax(prototypeDistances(z, centres, distance));
  const h = entropies(p);
  return weightedSlopes(z, centres, distance, (i, k) => {
    const probability = p.values[i * p.columns + k]!;
    return probability > 0 ? (probability * (Math.log(probability) + h[i]!)) / z.rows : 0;
  });
}

/** `x W^T` of representations [B, D] and rows [K, D]: [B, K]. */
export function products(x: Matrix, weight: Matrix): Matrix {
  const result = zeros(x.rows, weight.rows);
  for (let i = 0; i < x.rows; i++) {
    const row = rowOf(x, i);
    for (let k = 0; k < weight.rows; k++) {
      const other = rowOf(weight, k);
      let sum = 0;
      for (let d = 0; d < row.length; d++) sum += row[d]! * other[d]!;
      result.values[i * weight.rows + k] = sum;
    }
  }
  return result;
}

/** `a + factor * b`, of equal shape. */
export function plus(a: Matrix, b: Matrix, factor = 1): Matrix {
  return { ...a, values: a.values.map((value, i) => value + factor * b.values[i]!) };
}

/** Gradient [B, D] of the batch mean cross-entropy in one modality's z, through its half of the head, `weight` [K, D]. */
export function crossEntropyGradient(
  probabilities: Matrix,
  labels: readonly number[],
  weight: Matrix,
): Matrix {
  const result = zeros(probabilities.rows, weight.columns);
  for (let i = 0; i < result.rows; i++) {
    const row = rowOf(result, i);
    for (let k = 0; k < weight.rows; k++) {
      const error = (rowOf(probabilities, i)[k]! - (labels[i] === k ? 1 : 0)) / result.rows;
      const other = rowOf(weight, k);
      for (let d = 0; d < row.length; d++) row[d] = row[d]! + error * other[d]!;
    }
  }
  return result;
}
