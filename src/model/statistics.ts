/**
 * Running mean and deviation of each dimension of a representation, and the z-score they give.
 *
 * Shapes: D representation width; float64. Everything is a pure function of its arguments.
 * Source of the update: Welford (1962). Why z-scores: an encoder's dimensions differ in scale, and Euclid would let
 * the loudest decide.
 */
import { ShapeError } from '../errors.ts';

/** Count, mean [D] and summed squared deviation [D] of the vectors seen. Never changed in place. */
export type Moments = { readonly count: number; readonly mean: Float64Array; readonly m2: Float64Array };

/** The z-score `(z - mean) * inverseDeviation`, per dimension. */
export type Normalizer = { readonly mean: Float64Array; readonly inverseDeviation: Float64Array };

// About a quarter of an hour at a hop of 0.24 s; from then on old windows fade, so that a moved camera is followed.
const MEMORY = 4096;
// Below this the squares underflow and no direction is left.
const LEAST_NORM = 1e-100;
// As if this many windows of mean 0 and the pooled scale had been seen first: four seconds at a hop of 0.24 s.
const PRIOR_WINDOWS = 16;

/** Moments of nothing. */
export function emptyMoments(width: number): Moments {
  return { count: 0, mean: new Float64Array(width), m2: new Float64Array(width) };
}

function checkWidth(width: number, z: ArrayLike<number>): void {
  if (z.length === width) return;
  const hint = `representation is ${z.length} wide, ${width} expected: rebuild the classifier when the encoder changes`;
  throw new ShapeError('ERR_PROTOTYPE_WIDTH', hint);
}

type Mutable = { count: number; readonly mean: Float64Array; readonly m2: Float64Array };

function take(into: Mutable, z: ArrayLike<number>): void {
  const { mean, m2 } = into;
  const width = mean.length;
  checkWidth(width, z);
  const keep = into.count < MEMORY ? 1 : 1 - 1 / MEMORY;
  into.count = Math.min(into.count + 1, MEMORY);
  for (let d = 0; d < width; d++) {
    const delta = z[d]! - mean[d]!;
    mean[d] = mean[d]! + delta / into.count;
    m2[d] = m2[d]! * keep + delta * (z[d]! - mean[d]!);
  }
}

/**
 * Moments with one more vector; beyond 4096 the oldest fade exponentially.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH if `z` is of another width.
 */
export function addTo(moments: Moments, z: ArrayLike<number>): Moments {
  const next = { count: moments.count, mean: moments.mean.slice(), m2: moments.m2.slice() };
  take(next, z);
  return next;
}

/** Moments of a list, as `addTo` would give them one by one. @throws {ShapeError} ERR_PROTOTYPE_WIDTH */
export function momentsOf(vectors: readonly ArrayLike<number>[], width: number): Moments {
  const moments = { count: 0, mean: new Float64Array(width), m2: new Float64Array(width) };
  for (const z of vectors) take(moments, z);
  return moments;
}

type Source = { readonly weight: number; readonly moments: Moments };

/**
 * Taught windows count class by class alike, and the seen ones never more than the taught: hours of one still scene
 * must not move the origin onto that scene, because a direction from the origin is all that the metric keeps.
 */
function sourcesOf(seen: Moments, taught: readonly Moments[]): readonly Source[] {
  const total = taught.reduce((sum, { count }) => sum + count, 0);
  const seenWeight = total === 0 ? seen.count : Math.min(seen.count, total);
  const sources = [
    { weight: seenWeight, moments: seen },
    ...taught.map((moments) => ({ weight: total / taught.length, moments })),
  ];
  return sources.filter(({ weight, moments }) => weight > 0 && moments.count > 0);
}

function mixture(sources: readonly Source[], width: number): { first: Float64Array; second: Float64Array } {
  const first = new Float64Array(width);
  const second = new Float64Array(width);
  for (const { weight, moments } of sources) {
    for (let d = 0; d < width; d++) {
      const mean = moments.mean[d]!;
      first[d] = first[d]! + weight * mean;
      second[d] = second[d]! + weight * (moments.m2[d]! / moments.count + mean * mean);
    }
  }
  return { first, second };
}

/**
 * The z-score from all windows seen and from the taught ones of each class:
 * `M = sum(w mean) / W`, `S = (sum(w (var + mean^2)) + 16 s) / W`, `deviation = sqrt(S - M^2)`, with `W = sum(w) + 16`
 * and `s` the second moment pooled over the dimensions. So one window gives a sane scale, and a dimension that
 * never moves is not blown up.
 */
export function normalizerOf(seen: Moments, taught: readonly Moments[]): Normalizer {
  const width = seen.mean.length;
  const sources = sourcesOf(seen, taught);
  const weight = sources.reduce((sum, source) => sum + source.weight, 0);
  const { first, second } = mixture(sources, width);
  const summed = second.reduce((sum, value) => sum + value, 0);
  const pooled = summed > 0 ? summed / (weight * width) : 1; // nothing seen, or zeros only: leave the scale alone
  const total = weight + PRIOR_WINDOWS;
  const mean = first.map((value) => value / total);
  const inverseDeviation = second.map((value, d) => {
    const variance = (value + PRIOR_WINDOWS * pooled) / total - mean[d]! * mean[d]!;
    return 1 / Math.sqrt(variance); // at least 16 s / W by the mixture's own inequality, so above zero
  });
  return { mean, inverseDeviation };
}

/**
 * z-score, then length 1: float64 [D]. A vector exactly at the mean has no direction and stays zero.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH if `z` is of another width, ERR_NOT_FINITE if a value is NaN or infinite.
 */
export function normalized({ mean, inverseDeviation }: Normalizer, z: ArrayLike<number>): Float64Array {
  const width = mean.length;
  checkWidth(width, z);
  const scored = new Float64Array(width);
  let squared = 0;
  for (let d = 0; d < width; d++) {
    const value = (z[d]! - mean[d]!) * inverseDeviation[d]!;
    scored[d] = value;
    squared += value * value;
  }
  const norm = Math.sqrt(squared);
  if (!Number.isFinite(norm)) {
    throw new ShapeError(
      'ERR_NOT_FINITE',
      'a representation holds NaN or infinity: discard the weights that made it',
    );
  }
  if (norm < LEAST_NORM) return new Float64Array(width);
  for (let d = 0; d < width; d++) scored[d] = scored[d]! / norm;
  return scored;
}
