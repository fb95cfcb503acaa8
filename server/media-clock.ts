/**
 * A sender's media clock as the server sees it, from the sender's pings.
 */
import { type Micros, micros } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';

/** Pings that the estimate looks back on; at one a second, ten seconds of clock drift. */
const PINGS = 10;

/**
 * Each ping says what the media clock showed when it was sent; a delay on the way makes that look old, never young, so the
 * largest difference to our own clock is the least delayed one (the minimum filter of NTP, RFC 5905, section 10).
 */
export class MediaClock {
  readonly #clock: Clock;
  readonly #differences: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the media time of a ping that has just arrived. */
  ping(media: Micros): void {
    this.#differences.push(media - this.#clock.monotonic());
    if (this.#differences.length > PINGS) this.#differences.shift();
  }

  /** Another connection, another delay: start over. */
  reset(): void {
    this.#differences.length = 0;
  }

  /** The sender's media time now, or null before its first ping. */
  now(): Micros | null {
    if (this.#differences.length === 0) return null;
    return micros(this.#clock.monotonic() + Math.max(...this.#differences));
  }
}
