/**
 * Thins pictures to a rate on media time.
 */
import type { Micros } from '../../proto/units.ts';

/**
 * Takes a picture when one is due, or up to a quarter step early: a camera at the very rate keeps every picture although its
 * stamps jitter, one at twice the rate keeps every second. On average never more than `rateHz`.
 */
export class PictureGrid {
  readonly #step: number;
  #due = Number.NEGATIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor(rateHz: number) {
    this.#step = 1e6 / rateHz;
  }

  /** Is a picture captured at `at` to be kept? One that is not newer than the last is, so that its receiver counts it as late. */
  takes(at: Micros): boolean {
    if (at <= this.#last) return true;
    this.#last = at;
    const late = at - this.#due;
    if (late < -this.#step / 4) return false;
    this.#due = this.#step + (late > this.#step / 4 ? at : this.#due); // behind a hole the grid starts anew
    return true;
  }
}
