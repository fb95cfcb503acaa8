/**
 * What representations are good for before anybody trains on them, in plain numbers: the nearest of a few labelled things, and
 * what a straight line can read off.
 *
 * Z is a list of representations, each of width D.
 */

export type Rows = readonly Float32Array[];

/** Mean and deviation of every dimension over `rows`. */
function momentsOf(rows: Rows): { readonly mean: Float64Array; readonly deviation: Float64Array } {
  const width = rows[0]?.length ?? 0;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (const row of rows) for (let d = 0; d < width; d++) mean[d]! += row[d]! / rows.length;
  for (const row of rows)
    for (let d = 0; d < width; d++) deviation[d]! += (row[d]! - mean[d]!) ** 2 / rows.length;
  for (let d = 0; d < width; d++) deviation[d] = Math.sqrt(deviation[d]!);
  return { mean, deviation };
}

const LEAST_DEVIATION = 1e-6;

/** As the product compares (ADR 0011): every dimension in deviations from its mean over all rows, then length 1. */
export function standardized(rows: Rows): Rows {
  const { mean, deviation } = momentsOf(rows);
  return rows.map((row) => {
    const scaled = row.map((value, d) => (value - mean[d]!) / Math.max(LEAST_DEVIATION, deviation[d]!));
    const length = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0));
    return scaled.map((value) => value / Math.max(LEAST_DEVIATION, length));
  });
}

const squaredDistance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, d) => sum + (value - b[d]!) ** 2, 0);

/** Mean of each group of rows. */
function centresOf(groups: readonly Rows[]): Rows {
  return groups.map((rows) => {
    const centre = new Float32Array(rows[0]?.length ?? 0);
    for (const row of rows) for (let d = 0; d < centre.length; d++) centre[d]! += row[d]! / rows.length;
    return centre;
  });
}

/**
 * Share of renderings whose nearest prototype is their own thing's.
 *
 * @param things each with all its renderings, as many in each. @param labels renderings that make the prototype; the others are asked.
 */
export function prototypeAccuracy(things: readonly Rows[], labels: number): number {
  const flat = standardized(things.flat());
  const each = things[0]?.length ?? 0;
  const groups = things.map((_, i) => flat.slice(i * each, (i + 1) * each));
  const centres = centresOf(groups.map((group) => group.slice(0, labels)));
  let right = 0;
  let asked = 0;
  groups.forEach((group, own) => {
    for (const row of group.slice(labels)) {
      const distances = centres.map((centre) => squaredDistance(row, centre));
      if (distances.indexOf(Math.min(...distances)) === own) right++;
      asked++;
    }
  });
  return asked > 0 ? right / asked : Number.NaN;
}

/** Solves `A x = b` for a symmetric positive definite `A` [N, N] by Cholesky's factorization; `b` has several columns. */
function solve(matrix: readonly Float64Array[], columns: readonly Float64Array[]): readonly Float64Array[] {
  const size = matrix.length;
  const lower = matrix.map(() => new Float64Array(size));
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  return columns.map((column) => {
    const x = Float64Array.from(column);
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < i; k++) x[i]! -= lower[i]![k]! * x[k]!;
      x[i]! /= lower[i]![i]!;
    }
    for (let i = size - 1; i >= 0; i--) {
      for (let k = i + 1; k < size; k++) x[i]! -= lower[k]![i]! * x[k]!;
      x[i]! /= lower[i]![i]!;
    }
    return x;
  });
}

/** Pulls to 0, in rows' worth: the strongest suits a measure that is known of fewer things than there are dimensions. */
const RIDGES = [1, 10, 100, 1000] as const;
/** One row in so many is left out while the pull is chosen. */
const CHOOSING = 5;

/** Rows in deviations, with a 1 at the end for the offset. */
function designOf(rows: Rows, { mean, deviation }: ReturnType<typeof momentsOf>): readonly Float64Array[] {
  return rows.map((row) => {
    const out = new Float64Array(row.length + 1).fill(1);
    for (let d = 0; d < row.length; d++)
      out[d] = (row[d]! - mean[d]!) / Math.max(LEAST_DEVIATION, deviation[d]!);
    return out;
  });
}

type Line = (rows: Rows) => readonly (readonly number[])[];

/** The straight line that fits `targets` on `rows`. */
function lineThrough(rows: Rows, targets: readonly (readonly number[])[], ridge: number): Line {
  const moments = momentsOf(rows);
  const design = designOf(rows, moments);
  const size = (rows[0]?.length ?? 0) + 1;
  const gram = Array.from(
    { length: size },
    (_, i) => Float64Array.from({ length: size }, (_, j) => (i === j && i < size - 1 ? ridge : 0)), // the offset is free
  );
  for (const row of design)
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) gram[i]![j]! += row[i]! * row[j]!;
  const columns = targets.map((target) => {
    const column = new Float64Array(size);
    design.forEach((row, n) => {
      for (let i = 0; i < size; i++) column[i]! += row[i]! * target[n]!;
    });
    return column;
  });
  const solved = solve(gram, columns);
  return (asked) => {
    const askedDesign = designOf(asked, moments);
    return solved.map((weights) =>
      askedDesign.map((row) => row.reduce((sum, value, i) => sum + value * weights[i]!, 0)),
    );
  };
}

/** The pull whose line says most of rows that it was not fitted to. */
function bestRidge(rows: Rows, targets: readonly (readonly number[])[]): number {
  const every = <T>(list: readonly T[], left: boolean): readonly T[] =>
    list.filter((_, i) => (i % CHOOSING === 0) === left);
  const shown = targets.map((target) => every(target, false));
  const truth = targets.map((target) => every(target, true));
  const errors = RIDGES.map((ridge) => {
    const guesses = lineThrough(every(rows, false), shown, ridge)(every(rows, true));
    const squares = guesses.flatMap((guess, t) =>
      guess.map((value, n) => (value - (truth[t]?.[n] ?? 0)) ** 2),
    );
    return squares.reduce((sum, square) => sum + square, 0);
  });
  return RIDGES[errors.indexOf(Math.min(...errors))] ?? RIDGES[0];
}

/** What a ridge regression on `train` says of `test`: one list for each target, each as long as `test`. */
export function readOut(
  train: Rows,
  targets: readonly (readonly number[])[],
  test: Rows,
): readonly (readonly number[])[] {
  return lineThrough(train, targets, bestRidge(train, targets))(test);
}

/** Explained share of the variance of `truth`; 0 is what its mean would give, NaN where it does not vary. */
export function explained(guesses: readonly number[], truth: readonly number[]): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const total = truth.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const left = truth.reduce((sum, value, i) => sum + (value - guesses[i]!) ** 2, 0);
  return total > 0 ? 1 - left / total : Number.NaN;
}
