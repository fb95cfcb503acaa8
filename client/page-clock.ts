/** The page's monotonic clock, shared with its workers. */

import { type Micros, micros, millis } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';

/** Microseconds since this page was opened. */
export const pageNow = (): Micros => micros(performance.now() * 1e3);

/** The same clock inside a worker, whose own time origin is later than the page's. */
export function workerNow(pageTimeOrigin: number): () => Micros {
  const shift = (performance.timeOrigin - pageTimeOrigin) * 1e3;
  return () => micros(performance.now() * 1e3 + shift);
}

/** The page's clock as the port that the rest of the program takes. */
export const pageClock: Clock = { monotonic: pageNow, wall: () => millis(Date.now()) };
