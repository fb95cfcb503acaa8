/**
 * Rule 3: a prototype moves at each labelled representation, `c <- c + eta (z - c)`, `eta = max(1 / (n + 1), 0.05)`: the
 * exact mean of the first 20, then a window of about 20. The product's own prototypes are exact means (ADR 0011); this
 * one serves while encoders train, where every representation is stale after a few steps.
 */
import { ShapeError } from '../../errors.ts';
import type { StreamSettings } from './settings.ts';

/** Eta for the representation that follows `seen` earlier ones. */
export function prototypeRate(
  seen: number,
  { leastPrototypeStep }: Pick<StreamSettings, 'leastPrototypeStep'>,
): number {
  return Math.max(1 / (seen + 1), leastPrototypeStep);
}

/**
 * The prototype after one representation [D]; a new array.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH if `z` and `centre` differ in D.
 */
export function steppedPrototype(
  centre: Float64Array,
  z: ArrayLike<number>,
  seen: number,
  settings: Pick<StreamSettings, 'leastPrototypeStep'>,
): Float64Array {
  if (z.length !== centre.length) {
    const hint = `z is ${z.length} wide, the prototype ${centre.length}: reset it when the encoder changes`;
    throw new ShapeError('ERR_PROTOTYPE_WIDTH', hint);
  }
  const eta = prototypeRate(seen, settings);
  return centre.map((value, d) => value + eta * ((z[d] ?? 0) - value));
}
