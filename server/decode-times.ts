/**
 * What the last decodings of one kind took.
 */
import { type Millis, millis } from '../proto/units.ts';

/** Two seconds of sound. */
const KEPT = 100;

export class DecodeTimes {
  readonly #took = new Float64Array(KEPT);
  /** Scratch for sorting. */
  readonly #sorted = new Float64Array(KEPT);
  #count = 0;

  /** Takes one more; beyond a hundred it stands in the oldest one's place. */
  add(took: Millis): void {
    this.#took[this.#count % KEPT] = took;
    this.#count++;
  }

  /**
   * Processor time of one decoding, estimated: what a quarter of them stayed below; 0 before the first. From call to output nothing
   * else happens for the stream, but on a busy machine most of them also wait for a processor.
   */
  get undisturbed(): Millis {
    const kept = Math.min(this.#count, KEPT);
    const sorted = this.#sorted.subarray(0, kept);
    sorted.set(this.#took.subarray(0, kept));
    sorted.sort();
    return millis(sorted[Math.floor(kept / 4)] ?? 0);
  }
}
