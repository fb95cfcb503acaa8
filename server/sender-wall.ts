/**
 * A sender's wall clock against its media clock: turns capture stamps of RTP into media time.
 */
import { type Micros, type Millis, micros, microsFromMillis, subMicros } from '../proto/units.ts';

/** Pings that the difference looks back on; at one a second, ten seconds of a wall clock that is being set. */
const PINGS = 10;

/**
 * A page reads both clocks at one instant and says so with every ping, but its wall clock in whole milliseconds, cut off: the
 * largest difference is the closest. A sender without pings (WHIP) is anchored at its first capture instead. Both of a sender's
 * tracks pass through the same difference, so whatever it is wrong by does not come between them.
 */
export class SenderWall {
  readonly #differences: number[] = [];

  /** The sender's two clocks at one instant. */
  ping(media: Micros, wall: Millis): void {
    this.#differences.push(microsFromMillis(wall) - media);
    if (this.#differences.length > PINGS) this.#differences.shift();
  }

  /** From here on `capturedAt` is `media`. */
  anchor(capturedAt: Micros, media: Micros): void {
    this.#differences.splice(0, this.#differences.length, subMicros(capturedAt, media));
  }

  /** Media time of a capture instant by the sender's wall clock; null before the first ping or anchor. */
  media(capturedAt: Micros): Micros | null {
    if (this.#differences.length === 0) return null;
    return micros(capturedAt - Math.max(...this.#differences));
  }
}
