/**
 * Units on their way into a decoder: one at a time, in order, never more than a bound.
 */
import type { EncodedUnit, Shed, ShedReason } from '../../src/media.ts';

/** A unit and what its header says. `key`: it needs no unit before it. */
export type QueuedUnit = { readonly unit: EncodedUnit; readonly key: boolean; readonly shown: boolean };

export type DecodeQueueOptions = {
  /** Units that may wait, at least 1. */
  readonly limit: number;
  /** Decodes one unit; false where it could not be. Must not reject. */
  readonly decode: (queued: QueuedUnit) => Promise<boolean>;
  readonly onShed: (shed: Shed) => void;
};

/**
 * Backpressure: when `limit` units wait, the oldest ones up to the next key unit are shed as `decode-queue`, since the ones
 * between could not be decoded without them. After a loss or an error everything up to the next key unit is shed as
 * `no-key-frame`.
 */
export class DecodeQueue {
  readonly #options: DecodeQueueOptions;
  #waiting: QueuedUnit[] = [];
  #needsKey = true;
  #busy = false;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(options: DecodeQueueOptions) {
    this.#options = options;
  }

  /** Takes a unit, or sheds. After `close` it does nothing. */
  push(queued: QueuedUnit): void {
    if (this.#closed) return;
    if (this.#waiting.length >= this.#options.limit) this.#shedFront('decode-queue');
    if (this.#needsKey && !queued.key) {
      this.#shed(queued, 'no-key-frame');
      return;
    }
    this.#needsKey = false;
    this.#waiting.push(queued);
    void this.#run();
  }

  /** Resolves when everything pushed so far has come out or was shed, at once where nothing waits. */
  drained(): Promise<void> {
    if (!this.#busy) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  /** Drops what waits, uncounted: its track is over. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#wake();
  }

  async #run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const decoded = await this.#options.decode(next);
      if (decoded || this.#closed) continue;
      this.#shed(next, 'undecodable');
      this.#needsKey = true;
      this.#shedToKey('no-key-frame');
    }
    this.#busy = false;
    this.#wake();
  }

  #wake(): void {
    const waiters = this.#idle;
    this.#idle = [];
    for (const resolve of waiters) resolve();
  }

  /** Sheds the oldest unit and all that need it. */
  #shedFront(reason: ShedReason): void {
    const oldest = this.#waiting.shift();
    if (!oldest) return;
    this.#shed(oldest, reason);
    this.#needsKey = true;
    this.#shedToKey(reason);
  }

  #shedToKey(reason: ShedReason): void {
    while (this.#waiting[0] && !this.#waiting[0].key) {
      const delta = this.#waiting.shift();
      if (delta) this.#shed(delta, reason);
    }
    if (this.#waiting.length > 0) this.#needsKey = false;
  }

  #shed({ unit }: QueuedUnit, reason: ShedReason): void {
    this.#options.onShed({ type: 'shed', reason, at: unit.at });
  }
}
