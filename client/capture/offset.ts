/**
 * Where a track's timestamps lie on the page's clock. In Chromium sound and picture do not share an origin (picture: a
 * monotonic clock, sound: seconds since capture began), so each track has its own estimate: the smallest delay between a
 * stamp and its arrival within the last 10 s, stable to 0.2-3 ms (reference `media.md`, section 4).
 */
import { type Micros, micros } from '../../proto/units.ts';

const SPAN_US = 10e6;
const SETTLE_US = 400_000; // arrivals bunch while a device starts; the first delays are no measure

export class OffsetEstimator {
  /** Candidates for the minimum: arrival ascending, offset ascending. */
  #candidates: { readonly arrived: number; readonly offset: number }[] = [];
  #first: number | null = null;

  /** Notes that the unit stamped `timestampUs` (the track's own clock) arrived when the page's clock read `arrived`. */
  observe(timestampUs: number, arrived: Micros): void {
    this.#first ??= arrived;
    const offset = arrived - timestampUs;
    while ((this.#candidates.at(-1)?.offset ?? Number.NEGATIVE_INFINITY) >= offset) this.#candidates.pop();
    this.#candidates.push({ arrived, offset });
    while ((this.#candidates[0]?.arrived ?? arrived) < arrived - SPAN_US) this.#candidates.shift();
  }

  /** False during the first moments of a track, when its stamps should not be used. */
  settled(now: Micros): boolean {
    return this.#first !== null && now - this.#first >= SETTLE_US;
  }

  /** Page time of a stamp; the stamp itself before the first observation. */
  pageTime(timestampUs: number): Micros {
    return micros(timestampUs + (this.#candidates[0]?.offset ?? 0));
  }
}
