/**
 * Two policies side by side over a journal that grows: each label is scored by both before either learns it, and rounds run
 * in both after the labels after which the product ran any. What is taken back counts no more.
 */
import type { PolicyName } from '../../proto/policies.ts';
import { COMPARED_LABELS, type PairedScore } from '../../src/evaluation/paired.ts';
import type { JournalEntry, JournalEvent, LabelEvent, SampleScore } from '../../src/journal.ts';
import type { ShadowProgress } from './ports.ts';

/** One policy's run. */
export type Arm = {
  /** Scores a label, then learns it. */
  readonly label: (event: LabelEvent, recorded: number) => readonly SampleScore[];
  /** Takes in what says something of classes and labels. */
  readonly note: (event: JournalEvent) => void;
  /** A group of rounds of so many steps. */
  readonly learn: (steps: number) => Promise<void>;
  readonly dispose: () => void;
};

export type CounterfactualOptions = {
  readonly on: PolicyName;
  readonly off: PolicyName;
  readonly open: (policy: PolicyName) => Arm;
  readonly onProgress: (progress: ShadowProgress) => void;
};

type Arms = { readonly on: Arm; readonly off: Arm };

const shareOf = (scores: readonly SampleScore[], classId: string): number =>
  scores.filter(({ fused }) => fused === classId).length / Math.max(1, scores.length);

/** Labels given to classes that are still there in the journal; each is compared. */
const countedIn = (entries: readonly JournalEntry[]): number =>
  entries.filter(({ event }) => event.type === 'label' && event.kind === 'class').length;

export class Counterfactual {
  readonly #options: CounterfactualOptions;
  #arms: Arms | null = null;
  /** The journal has been gone through up to here. */
  #place = 0;
  /** Newest label that a group of rounds has read, and the newest there is. */
  #trained = 0;
  #newest = 0;
  #done = 0;
  readonly #scores = new Map<string, PairedScore>();

  constructor(options: CounterfactualOptions) {
    this.#options = options;
  }

  /** @param entries the whole journal as it stands. After something was deleted it starts anew: nothing of it may stay. */
  async follow(entries: readonly JournalEntry[]): Promise<void> {
    const deletes = ({ seq, event: { type } }: JournalEntry): boolean =>
      seq > this.#place && (type === 'forget' || type === 'forget-span');
    if (this.#arms && entries.some(deletes)) this.dispose();
    this.#arms ??= { on: this.#options.open(this.#options.on), off: this.#options.open(this.#options.off) };
    const total = countedIn(entries);
    for (const entry of entries) {
      if (entry.seq <= this.#place) continue;
      await this.#take(this.#arms, entry);
      this.#place = entry.seq;
      if (entry.event.type === 'label' || entry.event.type === 'undo') this.#tell(total);
    }
    this.#tell(total);
  }

  /** Idempotent; what comes next starts anew. */
  dispose(): void {
    this.#arms?.on.dispose();
    this.#arms?.off.dispose();
    this.#arms = null;
    this.#scores.clear();
    this.#place = 0;
    this.#trained = 0;
    this.#newest = 0;
    this.#done = 0;
  }

  async #take({ on, off }: Arms, { seq, event }: JournalEntry): Promise<void> {
    switch (event.type) {
      case 'label':
        this.#label({ on, off }, event, seq);
        break;
      case 'undo':
        this.#scores.delete(event.labelId);
        for (const arm of [on, off]) arm.note(event);
        break;
      case 'class-add':
      case 'class-rename':
      case 'class-delete':
        for (const arm of [on, off]) arm.note(event);
        break;
      case 'round': // the first of a group: the others follow by each policy's own outcomes
        if (this.#trained >= Math.min(this.#newest, event.lastSeq)) break;
        this.#trained = this.#newest;
        await on.learn(event.steps);
        await off.learn(event.steps);
        break;
      default: // what training did there is each policy's own to do here
        break;
    }
  }

  #label({ on, off }: Arms, event: LabelEvent, seq: number): void {
    this.#newest = seq;
    const scored = { on: on.label(event, seq), off: off.label(event, seq) };
    const { classId } = event;
    if (event.kind !== 'class' || classId === null) return;
    this.#done++;
    this.#scores.set(event.id, { on: shareOf(scored.on, classId), off: shareOf(scored.off, classId) });
  }

  #tell(total: number): void {
    const scores = [...this.#scores.values()].slice(-COMPARED_LABELS);
    this.#options.onProgress({ scores, done: this.#done, total });
  }
}
