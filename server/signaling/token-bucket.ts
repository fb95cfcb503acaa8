/** How fast something may come: a bucket that fills at a rate and holds so much at most. */
import type { Micros } from '../../proto/units.ts';

export class TokenBucket {
  readonly #perMicro: number;
  readonly #capacity: number;
  #level: number;
  #at: Micros;

  /** Full at `now`. @param perSecond units that come in each second; `capacity` units fit at most. */
  constructor(perSecond: number, capacity: number, now: Micros) {
    this.#perMicro = perSecond / 1e6;
    this.#capacity = capacity;
    this.#level = capacity;
    this.#at = now;
  }

  /** Takes `amount` units out, where there are so many. @returns false, and takes nothing, where there are not. */
  take(amount: number, now: Micros): boolean {
    this.#level = Math.min(this.#capacity, this.#level + (now - this.#at) * this.#perMicro);
    this.#at = now;
    if (amount > this.#level) return false;
    this.#level -= amount;
    return true;
  }
}
