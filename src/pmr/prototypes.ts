/**
 * Class prototypes as the paper has them: means of raw representations, and their momentum between updates.
 *
 * Shapes: N samples, K classes, D representation width; float64.
 * Source: Fan et al., "PMR: Prototypical Modal Rebalance", CVPR 2023 (arXiv 2211.07089), equations 6 and 12.
 * Differs from the published code: a class without a sample keeps its prototype (there it becomes NaN).
 */
import { ShapeError } from '../errors.ts';
import { type Matrix, rowOf, zeros } from './matrix.ts';

export type ClassMeans = {
  /** [K, D]; zeros where the class has no sample. */
  readonly means: Matrix;
  /** [K]. */
  readonly counts: readonly number[];
  /** [K]; whether the class has a sample. */
  readonly seen: readonly boolean[];
};

/** @throws {ShapeError} ERR_RANGE if a label is no class index. */
export function checkLabels(labels: readonly number[], classes: number): void {
  const foreign = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (foreign === undefined) return;
  throw new ShapeError('ERR_RANGE', `label ${foreign} is none of ${classes} classes: labels count from 0`);
}

/**
 * Equation 6: `c_k = mean(z_i | y_i = k)`.
 *
 * @throws {ShapeError} ERR_RANGE for a label outside the classes, ERR_SHAPE if labels and rows differ in number.
 */
export function classMeans(z: Matrix, labels: readonly number[], classes: number): ClassMeans {
  if (labels.length !== z.rows) {
    throw new ShapeError('ERR_SHAPE', `${labels.length} labels for ${z.rows} representations`);
  }
  checkLabels(labels, classes);
  const means = zeros(classes, z.columns);
  const counts = new Array<number>(classes).fill(0);
  labels.forEach((label, i) => {
    counts[label] = counts[label]! + 1;
    const mean = rowOf(means, label);
    const row = rowOf(z, i);
    for (let d = 0; d < row.length; d++) mean[d] = mean[d]! + row[d]!;
  });
  counts.forEach((count, k) => {
    const mean = rowOf(means, k);
    if (count > 0) mean.set(mean.map((sum) => sum / count));
  });
  return { means, counts, seen: counts.map((count) => count > 0) };
}

/**
 * Equation 12: `c <- epsilon c_old + (1 - epsilon) c_new`; a class without a sample keeps `c_old`.
 *
 * @param epsilon share of the old prototype, in [0, 1].
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH if the shapes differ.
 */
export function withMomentum(old: Matrix, { means, seen }: ClassMeans, epsilon: number): Matrix {
  if (old.rows !== means.rows || old.columns !== means.columns) {
    const hint = `prototypes are [${old.rows},${old.columns}], means [${means.rows},${means.columns}]`;
    throw new ShapeError(
      'ERR_PROTOTYPE_WIDTH',
      `${hint}: reset the prototypes when the encoder or the classes change`,
    );
  }
  const values = old.values.map((value, i) =>
    seen[Math.floor(i / old.columns)] ? epsilon * value + (1 - epsilon) * means.values[i]! : value,
  );
  return { rows: old.rows, columns: old.columns, values };
}
