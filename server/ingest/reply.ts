/**
 * A native decoder as a function: one unit in, its output as a promise.
 */

/** A decoder that gives nothing for this long is taken for stuck; it answers within milliseconds, or seconds on a machine at its limit. */
const STUCK_AFTER_MS = 5_000;

/** What native decoders hand out: memory outside the heap, to be closed at once. */
type Native = { close(): void };

/** Waits for a decoder's callbacks on behalf of one call at a time. What comes when nobody waits is closed. */
export class Reply<Output extends Native> {
  #settle: ((result: Output | Error) => void) | null = null;

  /** The decoder's `output` callback. */
  readonly output = (output: Output): void => {
    if (this.#settle) this.#settle(output);
    else output.close();
  };

  /** The decoder's `error` callback. */
  readonly error = (error: Error): void => {
    this.#settle?.(error);
  };

  /** Runs `decode` and resolves with the output that follows it. Rejects on the decoder's error, or when nothing comes. */
  async after(decode: () => void): Promise<Output> {
    const result = await new Promise<Output | Error>((resolve) => {
      // The timer also keeps the process alive: a native decoder at work does not.
      const stuck = setTimeout(
        () => resolve(new Error('the decoder gave nothing for five seconds')),
        STUCK_AFTER_MS,
      );
      this.#settle = (outcome) => {
        this.#settle = null;
        clearTimeout(stuck);
        resolve(outcome);
      };
      try {
        decode();
      } catch (error) {
        this.#settle(error instanceof Error ? error : new Error(String(error)));
      }
    });
    this.#settle = null;
    if (result instanceof Error) throw result;
    return result;
  }
}
