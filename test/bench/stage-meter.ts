/**
 * How much of a thread's time goes where, without a word of it in the product: methods are replaced by ones that look at the clock
 * before and after.
 */

/** A method, and the stage that its time belongs to. */
export type MeasuredMethod = {
  readonly owner: object;
  readonly method: string;
  readonly stage: string;
};

/**
 * Sums the time of each stage: the synchronous part of each call, less that of other measured methods inside it. Wall time, because
 * the system's account of a thread is brought up to date only every few milliseconds: on a busy machine it is too much.
 */
export class StageMeter {
  readonly #spentMs = new Map<string, number>();
  readonly #undo: (() => void)[] = [];
  #insideMs = 0;

  constructor(methods: readonly MeasuredMethod[]) {
    for (const method of methods) this.#replace(method);
  }

  /** Milliseconds so far, by stage. */
  get spent(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#spentMs);
  }

  /** Puts every method back. Idempotent. */
  close(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  #replace({ owner, method, stage }: MeasuredMethod): void {
    const original: unknown = Reflect.get(owner, method);
    if (typeof original !== 'function') throw new Error(`there is no method ${method} to measure`);
    const run = <T>(call: () => T): T => this.#timed(stage, call);
    Reflect.set(owner, method, function (this: unknown, ...args: unknown[]): unknown {
      return run(() => Reflect.apply(original, this, args));
    });
    this.#undo.push(() => Reflect.set(owner, method, original));
  }

  #timed<T>(stage: string, call: () => T): T {
    const outside = this.#insideMs;
    this.#insideMs = 0;
    const began = performance.now();
    try {
      return call();
    } finally {
      const took = performance.now() - began;
      this.#spentMs.set(stage, (this.#spentMs.get(stage) ?? 0) + took - this.#insideMs);
      this.#insideMs = outside + took;
    }
  }
}
