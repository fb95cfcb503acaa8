/**
 * Frames that wait for the first word on the sender's clock.
 */
import type { AssembledFrame } from './payload-format.ts';

const MAX_FRAMES = 512;
const MAX_SECONDS = 3; // an audio sender report takes up to 2.3 s (reference, G5)
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Backpressure: over 512 frames, 3 s or 8 MiB the oldest are dropped, up to the next key frame, as those between could not be
 * decoded; where none is left, everything up to the next key frame to come.
 */
export class UnclockedFrames {
  readonly #maxTicks: number;
  #frames: AssembledFrame[] = [];
  #bytes = 0;
  #needsKey = false;

  constructor({ clockRateHz }: { readonly clockRateHz: number }) {
    this.#maxTicks = MAX_SECONDS * clockRateHz;
  }

  /** After a drop: nothing is taken until a key frame comes. */
  get needsKey(): boolean {
    return this.#needsKey;
  }

  /** Takes a frame; returns how many were dropped. */
  hold(frame: AssembledFrame): number {
    if (this.#needsKey && !frame.key) return 1;
    this.#needsKey = false;
    this.#frames.push(frame);
    this.#bytes += frame.data.length;
    const held = this.#frames.length;
    while (this.#overfull(frame.timestamp)) this.#dropOldest();
    return held - this.#frames.length;
  }

  /** Everything that waits, oldest first; nothing waits then. */
  take(): readonly AssembledFrame[] {
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    return frames;
  }

  #overfull(newest: number): boolean {
    const [oldest] = this.#frames;
    if (!oldest) return false;
    const ticks = Math.abs(newest - oldest.timestamp);
    return this.#frames.length > MAX_FRAMES || this.#bytes > MAX_BYTES || ticks > this.#maxTicks;
  }

  #dropOldest(): void {
    const key = this.#frames.findIndex((frame, i) => i > 0 && frame.key);
    const dropped = this.#frames.splice(0, key === -1 ? this.#frames.length : key);
    this.#bytes -= dropped.reduce((sum, { data }) => sum + data.length, 0);
    this.#needsKey = key === -1;
  }
}
