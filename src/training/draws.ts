/** What both augmentations draw from. */
import { ShapeError } from '../errors.ts';
import { type Random, random } from '../random.ts';

/** Uniform in [low, high). */
export const between = (source: Random, low: number, high: number): number =>
  low + (high - low) * source.uniform();
/** Uniform within `reach` of 0. */
export const around = (source: Random, reach: number): number => between(source, -reach, reach);

/** @throws {ShapeError} ERR_SHAPE unless `actual` is `expected` */
export function checkLength(name: string, actual: number, expected: number): void {
  if (actual === expected) return;
  throw new ShapeError('ERR_SHAPE', `${name} has ${actual} values, expected ${expected}: pass whole windows`);
}

/** Normals are dear: one table, entered at a random place for every plane. Drawn once, from a fixed seed. */
export const GRAIN = ((): Float32Array => {
  const source = random(0x6721);
  return Float32Array.from({ length: 1 << 15 }, () => source.normal());
})();
