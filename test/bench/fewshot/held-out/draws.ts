/** What every held-out generator draws with. */
import type { Random } from '../../../../src/random.ts';

export type Range = readonly [low: number, high: number];

/** Uniform in [low, high). */
export const within = (draw: Random, [low, high]: Range): number => low + draw.uniform() * (high - low);

/** Uniform on a logarithmic scale; both bounds above 0. */
export const scaled = (draw: Random, [low, high]: Range): number => low * (high / low) ** draw.uniform();

/** One of a list. @throws {TypeError} for an empty one */
export function oneOf<T>(draw: Random, items: readonly T[]): T {
  const item = items[draw.integer(items.length)];
  if (item === undefined) throw new TypeError('nothing to choose from');
  return item;
}

/** The same items in an order of chance. */
export function shuffled<T>(draw: Random, items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, key: draw.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
