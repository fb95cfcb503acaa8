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
  /** One timer for all calls. While one waits it also keeps the process alive: a native decoder at work does not. */
  #stuck: NodeJS.Timeout | null = null;

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
      this.#watch();
      this.#settle = (outcome) => {
        this.#settle = null;
        resolve(outcome);
      };
      try {
        decode();
      } catch (error) {
        this.#settle(error instanceof Error ? error : new Error(String(error)));
      }
    });
    this.#stuck?.unref();
    if (result instanceof Error) throw result;
    return result;
  }

  /** Five seconds from now whoever waits then is told that nothing came. */
  #watch(): void {
    if (this.#stuck) {
      this.#stuck.refresh().ref();
      return;
    }
    const tell = (): void => this.#settle?.(new Error('the decoder gave nothing for five seconds'));
    this.#stuck = setTimeout(tell, STUCK_AFTER_MS);
  }
}
