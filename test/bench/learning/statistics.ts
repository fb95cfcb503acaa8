/** Means over seeds, and how far they can be trusted. */
import { random } from '../../../src/random.ts';

export type Estimate = {
  readonly mean: number;
  /** Half of the 95 % interval (Student's t over the values); null for fewer than two. */
  readonly half: number | null;
  readonly count: number;
};

// Two-sided 5 % points of Student's t, by degrees of freedom from 1.
const T_POINTS = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262] as const;
const NORMAL_POINT = 1.96;

/** @returns null without a value. */
export function estimate(values: readonly number[]): Estimate | null {
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, half: null, count };
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const point = T_POINTS[count - 2] ?? NORMAL_POINT;
  return { mean, half: point * Math.sqrt(square / count), count };
}

/** A value by seed. */
export type BySeed = ReadonlyMap<number, number>;

/** `a - b` over the seeds that both have: pictures, first weights and order are shared, so the pairs' spread is what counts. */
export function pairedDifference(a: BySeed, b: BySeed): Estimate | null {
  return estimate(
    [...a].flatMap(([seed, value]) => {
      const other = b.get(seed);
      return other === undefined ? [] : [value - other];
    }),
  );
}

export type Interval = {
  readonly mean: number;
  /** Bounds of the 95 % interval; null for fewer than two values. */
  readonly low: number | null;
  readonly high: number | null;
  readonly count: number;
};

const RESAMPLES = 2000;

/** The mean with its percentile bootstrap interval; the same values give the same interval. @returns null without a value. */
export function bootstrap(values: readonly number[]): Interval | null {
  const mean = estimate(values)?.mean;
  const count = values.length;
  if (mean === undefined) return null;
  if (count < 2) return { mean, low: null, high: null, count };
  const draw = random(count);
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[draw.integer(count)]!;
    return sum / count;
  }).sort((a, b) => a - b);
  const at = (share: number): number => means[Math.round(share * (RESAMPLES - 1))]!;
  return { mean, low: at(0.025), high: at(0.975), count };
}
