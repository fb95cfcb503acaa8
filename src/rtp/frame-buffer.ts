/**
 * The bytes of one frame while it is put together.
 */
const FIRST_SIZE = 16 * 1024;

/** Largest frame, 4 MiB: a key frame of 3840x2160 at the best quality a camera sends is under 2 MiB. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** One buffer that is used again for each frame and grows to the largest; what is appended is copied at once. */
export class FrameBuffer {
  #bytes = new Uint8Array(FIRST_SIZE);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies `part` to the end; false, and nothing is copied, where the frame would be larger than `MAX_FRAME_BYTES`. */
  append(part: Uint8Array): boolean {
    const length = this.#length + part.length;
    if (length > MAX_FRAME_BYTES) return false;
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(part, this.#length);
    this.#length = length;
    return true;
  }

  clear(): void {
    this.#length = 0;
  }

  /** The frame, in a buffer of its own and just as long; the caller owns it. */
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
