/**
 * Prequential accuracy: test, then train. Each sample is scored before the model learns from it; old ones fade.
 *
 * `accuracy_t = sum_i f^(t-i) hit_i / sum_i f^(t-i)`, over what was scored so far (Gama, Sebastiao, Rodrigues, 2013).
 */
import { ShapeError } from '../errors.ts';

/** Forgetting factor f of one sample: the newest fifty or so count, `1 / (1 - f)`. */
export const FORGETTING_FACTOR = 0.98;

/** Faded hits and faded count; `count` is the plain number of samples scored. */
export type Fading = { readonly hits: number; readonly weight: number; readonly count: number };

export const NOTHING_SCORED: Fading = { hits: 0, weight: 0, count: 0 };

/**
 * With one more sample. `hit` may also be a score in [0, 1].
 *
 * @throws {ShapeError} ERR_RANGE if `factor` is not in (0, 1] or `hit` not in [0, 1].
 */
export function scored(fading: Fading, hit: boolean | number, factor = FORGETTING_FACTOR): Fading {
  const value = Number(hit);
  if (!(factor > 0 && factor <= 1) || !(value >= 0 && value <= 1)) {
    throw new ShapeError('ERR_RANGE', `hit ${value} and factor ${factor} given, [0, 1] and (0, 1] expected`);
  }
  return { hits: fading.hits * factor + value, weight: fading.weight * factor + 1, count: fading.count + 1 };
}

/** In [0, 1]; null before the first sample. */
export function accuracyOf({ hits, weight }: Fading): number | null {
  return weight === 0 ? null : hits / weight;
}
