/**
 * What a session dropped on purpose, by reason.
 */
import type { ShedReason } from '../src/media.ts';

/** A window that was not answered was not shed by a rule, but is missing all the same. */
type Reason = ShedReason | 'unanswered';

/** What is shed when this machine is too slow. */
const STRAIN: readonly Reason[] = ['busy', 'decode-queue'];

export class ShedCounts {
  readonly #counts = new Map<string, number>();
  #strain = 0;

  /** Since the session began. */
  get byReason(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  add(reason: Reason, count = 1): void {
    if (count > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  /** Whether something was shed since the last call because this machine is too slow. */
  strained(): boolean {
    const strain = STRAIN.reduce((sum, reason) => sum + (this.#counts.get(reason) ?? 0), 0);
    const more = strain > this.#strain;
    this.#strain = strain;
    return more;
  }
}
