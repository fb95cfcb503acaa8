/** Straight lines through measured points. */

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
