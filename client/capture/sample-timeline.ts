/**
 * Where an audio encoder believes to be. Chromium's Opus encoder stamps its output by counting samples from the first
 * block and ignores every gap in the input (measured: 500 ms left out, output stamps went on without a step), so blocks
 * that were lost before it shift all later sound into the past. Whoever feeds it compares and starts anew. ADR 0031.
 */

/** A block further than this from the counted place is a gap: four blocks of 10 ms, above the jitter of their stamps (20 ms). */
const TOLERANCE_US = 40_000;

export class SampleTimeline {
  #baseUs: number | null = null;
  #seconds = 0;

  /** True where a block stamped `timestampUs` does not continue what was counted so far. */
  breaks(timestampUs: number): boolean {
    if (this.#baseUs === null) return false;
    return Math.abs(timestampUs - (this.#baseUs + this.#seconds * 1e6)) > TOLERANCE_US;
  }

  /** Counts a block that goes to the encoder. */
  add(timestampUs: number, frames: number, rateHz: number): void {
    this.#baseUs ??= timestampUs;
    this.#seconds += frames / rateHz;
  }

  /** A new encoder: counting begins with the next block. */
  restart(): void {
    this.#baseUs = null;
    this.#seconds = 0;
  }
}
