/** The machine's clocks. */
import { micros, millis } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';

export const systemClock: Clock = {
  monotonic: () => micros(Math.round(performance.now() * 1e3)),
  wall: () => millis(Date.now()),
};
