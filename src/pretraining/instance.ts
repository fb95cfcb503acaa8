/**
 * What pretraining is made of: things that are drawn once and rendered many times, each time under other nuisance.
 */
import type { Random } from '../random.ts';

/** What the generator knows of a thing; targets of the supervised objective. */
export type Attributes = {
  /** Place in the source's `kinds`. */
  readonly kind: number;
  /** In the order of the source's `measures`, each within about -1..1; null where the thing has no such measure. */
  readonly measures: readonly (number | null)[];
};

/** One thing. Two renderings of it are the same to everybody who looks or listens for what it is. */
export type Instance<Window> = {
  readonly family: string;
  readonly attributes: Attributes;
  /** The thing under fresh nuisance, in raw features as the product stores them. The caller owns the result. */
  render(source: Random): Window;
};

/** A way to draw things. */
export type Family<Window> = {
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  draw(source: Random): Instance<Window>;
};

/** All that one modality learns from. */
export type Source<Window> = {
  readonly kinds: readonly string[];
  readonly measures: readonly string[];
  readonly families: readonly Family<Window>[];
};

/** [96, 96, 3] and three older lumas [3, 96, 96], newest first: a sample's picture side. */
export type PictureWindow = { readonly rgb: Uint8Array; readonly older: Uint8Array };

/** [96, 64] natural-log mel energies: a sample's sound side. */
export type SoundWindow = { readonly mel: Float32Array };

/** Draws a thing from a source's families by their weights. @throws {RangeError} if there is no family */
export function drawInstance<Window>({ families }: Source<Window>, source: Random): Instance<Window> {
  const total = families.reduce((sum, { weight }) => sum + weight, 0);
  let left = source.uniform() * total;
  for (const family of families) {
    left -= family.weight;
    if (left < 0) return family.draw(source);
  }
  const last = families.at(-1);
  if (!last) throw new RangeError('no families to draw from: name at least one');
  return last.draw(source);
}
