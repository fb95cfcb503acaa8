/** The few ways in which this folder draws numbers. */
import type { Random } from '../../random.ts';

/** Uniform in [low, high). */
export const between = (source: Random, low: number, high: number): number =>
  low + source.uniform() * (high - low);

/** Uniform in the logarithm, in [low, high): for pitches, rates and times. Both above 0. */
export const logBetween = (source: Random, low: number, high: number): number =>
  low * (high / low) ** source.uniform();

/** True with this probability. */
export const chance = (source: Random, probability: number): boolean => source.uniform() < probability;

/** A factor about 1 whose logarithm has this deviation, never beyond three of them. */
export const aboutOne = (source: Random, deviation: number): number =>
  Math.exp(deviation * Math.max(-3, Math.min(3, source.normal())));

/** One of several things. @throws {RangeError} if there is none */
export function pick<Thing>(source: Random, things: readonly Thing[]): Thing {
  const thing = things[source.integer(things.length)];
  if (thing === undefined) throw new RangeError('nothing to pick from: hand over at least one thing');
  return thing;
}

/** A decibel figure as an amplitude. */
export const decibels = (value: number): number => 10 ** (value / 20);
