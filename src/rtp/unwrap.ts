/**
 * Counters that wrap (RTP's 16-bit sequence, its 32-bit timestamps) made into integers that do not.
 */

/**
 * Extends wrapped values around the highest one so far, by the signed difference: right for every value less than half the
 * range away from it, early or late (2^15 packets, 2^31 ticks: 6.6 h at 90 kHz).
 */
export class Unwrapper {
  readonly #range: number;
  #highest: number | null = null;

  /** @param bits width of the counter, 1 to 32. */
  constructor(bits: number) {
    this.#range = 2 ** bits;
  }

  /** The extended value; the first one stands for itself. What comes later is measured from the highest. */
  unwrap(wrapped: number): number {
    const extended = this.near(wrapped);
    this.#highest = Math.max(this.#highest ?? extended, extended);
    return extended;
  }

  /** As `unwrap`, but only the very first value moves what later ones are measured from: for one from elsewhere, as a sender report's. */
  near(wrapped: number): number {
    this.#highest ??= wrapped;
    const forward = modulo(wrapped - this.#highest, this.#range);
    return this.#highest + (forward < this.#range / 2 ? forward : forward - this.#range);
  }
}

const modulo = (value: number, range: number): number => ((value % range) + range) % range;
