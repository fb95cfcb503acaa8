/**
 * Reads exact numbers of bytes from a stream of arbitrary chunks.
 */

/** Pulls from `source` as asked, so a slow reader holds the source back. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, copied; fewer only where the source ends. */
  async take(count: number): Promise<Uint8Array> {
    while (this.#length < count) {
      const { done, value } = await this.#source.next();
      if (done) break;
      this.#chunks.push(value);
      this.#length += value.length;
    }
    const out = new Uint8Array(Math.min(count, this.#length));
    let filled = 0;
    while (filled < out.length) {
      const [first] = this.#chunks;
      if (!first) break;
      const part = first.subarray(0, out.length - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(part.length);
    }
    this.#length -= out.length;
    return out;
  }

  /** Bytes up to and without the next line feed, as Latin-1; null at the end. Gives up after `limit` bytes. */
  async line(limit: number): Promise<string | null> {
    const codes: number[] = [];
    for (;;) {
      const [code] = await this.take(1);
      if (code === undefined) return codes.length === 0 ? null : String.fromCharCode(...codes);
      if (code === 0x0a || codes.length === limit) return String.fromCharCode(...codes);
      codes.push(code);
    }
  }

  /** Ends the source. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
