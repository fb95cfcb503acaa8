/** When to try again: 0.25 s, doubled up to 5 s, spread by up to a quarter so that many pages do not come at once. */

import { type Millis, millis } from '../proto/units.ts';
import type { Random } from '../src/random.ts';

const FIRST_MS = 250;
const LONGEST_MS = 5000;

/** The wait before attempt number `attempt` (1 is the first retry). */
export function backoff(attempt: number, draw: Random): Millis {
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  return millis(wait * (1 - 0.25 * draw.uniform()));
}
