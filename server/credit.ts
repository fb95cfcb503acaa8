/**
 * How far a sender that waits for credit may send: what is not yet answered bounds it, so that nothing of a recording is shed.
 */
import { BehaviorSubject, type Observable } from 'rxjs';
import { addMicros, type Micros, micros } from '../proto/units.ts';
import type { Pair } from '../src/media.ts';

/** How far ahead of what is answered the sender may send; 12 pairs. */
const AHEAD = micros(3_000_000);

export class Credit {
  readonly #reached: () => readonly Micros[];
  readonly #until = new BehaviorSubject<Micros>(AHEAD);
  readonly #underWay = new Set<Pair>();

  /** @param reached how far each open track is decoded; nothing is granted while none is open. */
  constructor(reached: () => readonly Micros[]) {
    this.#reached = reached;
  }

  /** Media time up to which the sender may send, current value first; it only grows. */
  get until$(): Observable<Micros> {
    return this.#until.asObservable();
  }

  /** A pair is to be answered. */
  began(pair: Pair): void {
    this.#underWay.add(pair);
  }

  /** A pair was answered, or never will be. */
  answered(pair: Pair): void {
    this.#underWay.delete(pair);
    this.grant();
  }

  /** The open track that has come least far, or the oldest pair not yet answered, sets how far the sender may go. */
  grant(): void {
    const reached = this.#reached();
    if (reached.length === 0) return;
    const unanswered = [...this.#underWay].map(({ start }) => start);
    const until = addMicros(micros(Math.min(...reached, ...unanswered)), AHEAD);
    if (until > this.#until.value) this.#until.next(until);
  }

  /** Idempotent. */
  close(): void {
    this.#until.complete();
  }
}
