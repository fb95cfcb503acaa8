/**
 * What rounds train by: a policy that a person chose by name, or what `auto` has found. Kept in the journal, so that it
 * survives a restart.
 */
import { BehaviorSubject, type Observable } from 'rxjs';
import { ulid } from 'ulid';
import type { RebalanceCommand, Switch } from '../../proto/messages.ts';
import { type PolicyChoice, type PolicyName, REBALANCING_OFF, REBALANCING_ON } from '../../proto/policies.ts';
import type { JournalEntry } from '../../src/journal.ts';
import type { AutoDecision } from '../../src/training/policies/auto.ts';
import type { JournalView } from './journal-view.ts';

export type Chosen = {
  readonly choice: PolicyChoice;
  /** What the next round trains by. */
  readonly policy: PolicyName;
  /** Why `auto` took it, in words; empty where it was chosen by name. */
  readonly reason: string;
  /** Whether policies are compared in the background. */
  readonly comparison: Switch;
};

/** What is chosen where nobody has chosen yet. */
export type Defaults = { readonly choice: PolicyChoice; readonly comparison: Switch };

const startOf = ({ choice, comparison }: Defaults): Chosen => ({
  choice,
  policy: choice === 'auto' ? REBALANCING_OFF : choice,
  reason: '',
  comparison,
});

/** The last choice that a journal holds; else the default. */
export function chosenOf(entries: readonly JournalEntry[], defaults: Defaults): Chosen {
  const last = entries.findLast(({ event }) => event.type === 'training-choice')?.event;
  if (last?.type !== 'training-choice') return startOf(defaults);
  const { choice, policy, reason, comparison } = last;
  return { choice, policy, reason, comparison };
}

/** The choice after a command. `auto` goes on with what trains now where that is one of its two. */
function commanded(
  old: Chosen,
  { choice = old.choice, comparison = old.comparison }: RebalanceCommand,
): Chosen {
  if (choice !== 'auto') return { choice, policy: choice, reason: '', comparison };
  if (old.choice === 'auto') return { ...old, comparison };
  const policy = old.policy === REBALANCING_ON ? REBALANCING_ON : REBALANCING_OFF;
  return { choice, policy, reason: '', comparison };
}

const same = (a: Chosen, b: Chosen): boolean => JSON.stringify(a) === JSON.stringify(b);

export class Choosing {
  readonly #journal: JournalView;
  readonly #state: BehaviorSubject<Chosen>;

  constructor(journal: JournalView, defaults: Defaults) {
    this.#journal = journal;
    this.#state = new BehaviorSubject(chosenOf(journal.entries, defaults));
  }

  get now(): Chosen {
    return this.#state.value;
  }

  /** Current value first. */
  get state$(): Observable<Chosen> {
    return this.#state.asObservable();
  }

  /** A person's choice, durable when it resolves. @returns whether it changed anything. */
  choose(command: RebalanceCommand): Promise<boolean> {
    return this.#keep(commanded(this.now, command));
  }

  /** What `auto` has found; nothing where a person chose by name. Written down only when the policy changes. */
  async decide({ policy, reason }: AutoDecision): Promise<boolean> {
    if (this.now.choice !== 'auto' || this.now.policy === policy) return false;
    return this.#keep({ ...this.now, policy, reason });
  }

  async #keep(next: Chosen): Promise<boolean> {
    if (same(next, this.now)) return false;
    await this.#journal.append({ type: 'training-choice', id: ulid(), ...next });
    this.#state.next(next);
    return true;
  }
}
