/**
 * Packets in the order they were sent, from packets in the order they came; gives up on one that does not come.
 */
import { type Micros, type Millis, microsFromMillis, millis } from '../../proto/units.ts';

export type ReorderOptions<T> = {
  /** How long a packet is held for an earlier one. Default 350 ms: three round trips of 83 ms and 100 ms (reference, section 3). */
  readonly giveUp?: Millis;
  /** The most packets held, and the furthest that one may run ahead of those before it. Default 512. */
  readonly capacity?: number;
  /** Called for an item that has to wait; what it returns is kept instead. Default: the item itself. */
  readonly keep?: (item: T) => T;
};

/** An item on its way out. */
export type Released<T> = {
  /** Extended sequence number. */
  readonly sequence: number;
  readonly item: T;
  /** How many sequence numbers directly before this one were given up: the gap is `[sequence - lost, sequence)`. */
  readonly lost: number;
  /** The numbers started anew far behind: what lies between is not known. */
  readonly restarted: boolean;
};

export type ReorderCounts = {
  /** Sequence numbers given up. */
  readonly lost: number;
  /** Came after they were given up. */
  readonly late: number;
  readonly duplicates: number;
  /** Came after a later one, in time. */
  readonly outOfOrder: number;
};

type Waiting<T> = { readonly item: T; readonly at: Micros };

const NOTHING: readonly never[] = [];
/** RFC 3550 appendix A.1: two packets in sequence show that the numbers have started anew. */
const RESTART_RUN = 2;

/**
 * Releases each sequence number at most once and in rising order; no item waits longer than `giveUp`.
 *
 * The first packet sets the start: an earlier one that follows it is late. A packet more than `capacity` ahead of all others
 * is a jump: nothing is waited for. Two packets in sequence that lie more than `capacity` behind are a restart, the first of
 * them is dropped. Backpressure: where packets fill the window behind a missing one, the missing one is given up early.
 */
export class ReorderBuffer<T> {
  readonly #giveUp: Micros;
  readonly #capacity: number;
  readonly #keep: (item: T) => T;
  readonly #waiting = new Map<number, Waiting<T>>(); // in order of arrival
  readonly #released: Float64Array; // the newest number released, by its remainder: tells a duplicate from a late one
  #next: number | null = null; // the number that leaves next
  #newest = 0;
  #lostBefore = 0; // given up since the last release
  #restarted = false;
  #run = { next: 0, length: 0 }; // packets in sequence, far behind
  #counts = { lost: 0, late: 0, duplicates: 0, outOfOrder: 0 };

  constructor({ giveUp = millis(350), capacity = 512, keep = (item) => item }: ReorderOptions<T> = {}) {
    this.#giveUp = microsFromMillis(giveUp);
    this.#capacity = capacity;
    this.#keep = keep;
    this.#released = new Float64Array(capacity).fill(Number.NaN);
  }

  get counts(): ReorderCounts {
    return this.#counts;
  }

  /** How many packets wait; at most `capacity`. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes a packet and returns what may leave, in order.
   *
   * @param sequence extended, see `Unwrapper`.
   * @param now arrival, on any monotonic clock; only used to give up.
   */
  push(sequence: number, item: T, now: Micros): readonly Released<T>[] {
    this.#next ??= this.#newest = sequence;
    if (sequence < this.#next) return this.#behind(sequence, item, now);
    if (this.#waiting.has(sequence)) {
      this.#counts.duplicates++;
      return this.expire(now);
    }
    this.#run.length = 0;
    const out: Released<T>[] = [];
    this.#makeRoom(sequence, out);
    if (sequence < this.#newest) this.#counts.outOfOrder++;
    else this.#newest = sequence;
    if (sequence === this.#next) {
      this.#release(sequence, item, out);
      this.#drain(out);
    } else this.#waiting.set(sequence, { item: this.#keep(item), at: now });
    if (this.#waiting.size > 0) this.#giveUpOverdue(now, out);
    return out;
  }

  /** Gives up on what has been waited for too long, without a packet. */
  expire(now: Micros): readonly Released<T>[] {
    if (this.#waiting.size === 0) return NOTHING;
    const out: Released<T>[] = [];
    this.#giveUpOverdue(now, out);
    return out;
  }

  /** A packet from before what has left already: a duplicate, late, or the sign of a restart. */
  #behind(sequence: number, item: T, now: Micros): readonly Released<T>[] {
    const far = (this.#next ?? 0) - sequence > this.#capacity;
    const length = far && sequence === this.#run.next ? this.#run.length + 1 : far ? 1 : 0;
    this.#run = { next: sequence + 1, length };
    if (length < RESTART_RUN) {
      if (this.#released[this.#slot(sequence)] === sequence) this.#counts.duplicates++;
      else this.#counts.late++;
      return this.expire(now);
    }
    const out: Released<T>[] = [];
    this.#giveUpThrough(this.#newest, out);
    this.#next = this.#newest = sequence;
    this.#lostBefore = 0;
    this.#restarted = true;
    this.#released.fill(Number.NaN);
    this.#run.length = 0;
    this.#release(sequence, item, out);
    return out;
  }

  /** Gives up so much that `sequence` lies in the window. */
  #makeRoom(sequence: number, out: Released<T>[]): void {
    if (sequence - (this.#next ?? 0) < this.#capacity) return;
    if (sequence - this.#newest <= this.#capacity) {
      this.#giveUpThrough(sequence - this.#capacity, out);
      return;
    }
    this.#giveUpThrough(this.#newest, out);
    this.#skipTo(sequence);
  }

  #giveUpOverdue(now: Micros, out: Released<T>[]): void {
    let through = -Infinity;
    for (const [sequence, { at }] of this.#waiting) {
      if (now - at < this.#giveUp) break;
      through = Math.max(through, sequence);
    }
    if (through > -Infinity) this.#giveUpThrough(through, out);
  }

  /** Everything up to and with `through` leaves or is given up, then what follows without a gap. */
  #giveUpThrough(through: number, out: Released<T>[]): void {
    const leaving = [...this.#waiting.keys()].filter((sequence) => sequence <= through);
    for (const sequence of leaving.sort((a, b) => a - b)) {
      this.#skipTo(sequence);
      this.#releaseWaiting(sequence, out);
    }
    if (through >= (this.#next ?? 0)) this.#skipTo(through + 1);
    this.#drain(out);
  }

  #skipTo(sequence: number): void {
    const skipped = sequence - (this.#next ?? sequence);
    this.#lostBefore += skipped;
    this.#counts.lost += skipped;
    this.#next = sequence;
  }

  #drain(out: Released<T>[]): void {
    while (this.#next !== null && this.#releaseWaiting(this.#next, out));
  }

  #releaseWaiting(sequence: number, out: Released<T>[]): boolean {
    const waiting = this.#waiting.get(sequence);
    if (!waiting) return false;
    this.#waiting.delete(sequence);
    this.#release(sequence, waiting.item, out);
    return true;
  }

  #release(sequence: number, item: T, out: Released<T>[]): void {
    out.push({ sequence, item, lost: this.#lostBefore, restarted: this.#restarted });
    this.#lostBefore = 0;
    this.#restarted = false;
    this.#released[this.#slot(sequence)] = sequence;
    this.#next = sequence + 1;
  }

  #slot(sequence: number): number {
    return ((sequence % this.#capacity) + this.#capacity) % this.#capacity;
  }
}
