/**
 * A bounded queue before an encoder. While the encoder is busy the newest items wait; on overflow the oldest goes, is
 * closed and counted, so that delay never grows.
 */
export type DropOldestOptions<Item> = {
  /** Items that may wait. */
  readonly capacity: number;
  /** True while the encoder can take one more. */
  readonly ready: () => boolean;
  /** Hands an item on; ownership goes with it. */
  readonly take: (item: Item) => void;
  /** Disposes of a dropped item; called once for each. */
  readonly drop: (item: Item) => void;
};

export class DropOldest<Item> {
  readonly #options: DropOldestOptions<Item>;
  #waiting: Item[] = [];

  constructor(options: DropOldestOptions<Item>) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Takes ownership of `item`. */
  push(item: Item): void {
    this.#waiting.push(item);
    this.pump();
    while (this.#waiting.length > this.#options.capacity) {
      const oldest = this.#waiting.shift();
      if (oldest !== undefined) this.#options.drop(oldest);
    }
  }

  /** Hands on what the encoder can take; to be called when it has become free. */
  pump(): void {
    while (this.#waiting.length > 0 && this.#options.ready()) {
      const next = this.#waiting.shift();
      if (next !== undefined) this.#options.take(next);
    }
  }

  /** Drops everything. */
  close(): void {
    for (const item of this.#waiting) this.#options.drop(item);
    this.#waiting = [];
  }
}
