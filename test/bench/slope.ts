/** Whether measured points rise: straight lines through them, and levels at two times. */
import { quantile } from '../../server/cli/scoring.ts';

/** `at` in seconds. */
export type Point = { readonly at: number; readonly value: number };

/** Value per second, and the standard error of that. */
export type Slope = { readonly perSecond: number; readonly error: number };

/** The smallest point of each stretch of `seconds`: what is left when garbage has been collected. */
export function floors(points: readonly Point[], seconds: number): readonly Point[] {
  const lowest = new Map<number, Point>();
  for (const point of points) {
    const stretch = Math.floor(point.at / seconds);
    const known = lowest.get(stretch);
    if (!known || point.value < known.value) lowest.set(stretch, point);
  }
  return [...lowest.values()];
}

/** Least squares; null for fewer than three points, which say nothing of their error. */
export function slope(points: readonly Point[]): Slope | null {
  const sum = (of: (point: Point) => number): number => points.reduce((total, point) => total + of(point), 0);
  const count = points.length;
  const [at, value] = [sum((point) => point.at) / count, sum((point) => point.value) / count];
  const spread = sum((point) => (point.at - at) ** 2);
  if (count < 3 || spread === 0) return null;
  const perSecond = sum((point) => (point.at - at) * (point.value - value)) / spread;
  const left = sum((point) => (point.value - value - perSecond * (point.at - at)) ** 2);
  return { perSecond, error: Math.sqrt(left / (count - 2) / spread) };
}

/** Levels some time apart, the later one at the end. */
export type Drift = { readonly before: number; readonly after: number; readonly seconds: number };

/** A level is the median of this part of the time between the two. */
const LEVEL_SHARE = 0.2;

/**
 * The level at the end, and the one before: `seconds` earlier, or half of the points' time where that is less. Medians, so that a
 * garbage collection that is due, or has just been, is no drift; a step is, wherever it lies between. Null for fewer than three points.
 */
export function drift(points: readonly Point[], seconds: number): Drift | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 3) return null;
  const apart = Math.min(seconds, (last.at - first.at) / 2);
  const level = (end: number): number | null => {
    const around = points.filter(({ at }) => at <= end && at >= end - LEVEL_SHARE * apart);
    return quantile(
      around.map(({ value }) => value),
      0.5,
    );
  };
  const [before, after] = [level(last.at - apart), level(last.at)];
  return before === null || after === null ? null : { before, after, seconds: apart };
}
