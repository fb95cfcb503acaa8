/** Injected time: what waits or stamps takes a clock, so that tests need not wait. */
import type { Micros, Millis } from '../proto/units.ts';

export type Clock = {
  /** Monotonic, microseconds since some fixed moment of this process. */
  monotonic(): Micros;
  /** Wall clock, milliseconds since the Unix epoch; for logs and records only. */
  wall(): Millis;
};
