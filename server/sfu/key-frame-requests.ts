/**
 * When a sender is asked for a key frame: at most once in a while.
 */
import type { Micros } from '../../proto/units.ts';

export class KeyFrameRequests {
  readonly #gap: Micros;
  #wanted = false;
  #asked = Number.NEGATIVE_INFINITY;

  /** @param gap the least time between two requests. */
  constructor(gap: Micros) {
    this.#gap = gap;
  }

  /** A key frame is needed. */
  want(): void {
    this.#wanted = true;
  }

  /** A key frame came. */
  came(): void {
    this.#wanted = false;
  }

  /** Whether to ask now; then it counts as asked. Call it at every need, and a few times a second for what came too early. */
  due(now: Micros): boolean {
    if (!this.#wanted || now - this.#asked < this.#gap) return false;
    this.#asked = now;
    this.#wanted = false;
    return true;
  }
}
