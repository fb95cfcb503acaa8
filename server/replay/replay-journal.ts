/** A journal that grows in memory: a recording's labels, and what a policy makes of them. Samples stay in the recording. */
import type { Modality } from '../../proto/messages.ts';
import { millis } from '../../proto/units.ts';
import { hasSide, withSenses } from '../../src/features/sample-sides.ts';
import type { JournalEntry, JournalEvent, Sample } from '../../src/journal.ts';
import type { JournalReader } from '../store/ports.ts';

export class ReplayJournal implements JournalReader {
  readonly #recorded: Pick<JournalReader, 'samples'>;
  readonly #senses: readonly Modality[];
  readonly #entries: JournalEntry[] = [];
  /** Place in the recording by place here. */
  readonly #places = new Map<number, number>();

  /** @param senses what windows keep: a bound answers and trains by one. */
  constructor(recorded: Pick<JournalReader, 'samples'>, senses: readonly Modality[]) {
    this.#recorded = recorded;
    this.#senses = senses;
  }

  /** Appends an event; gives its place. @param recorded place of a label whose samples lie in the recording. */
  append(event: JournalEvent, recorded: number | null = null): number {
    const seq = this.#entries.length + 1;
    this.#entries.push({ seq, at: millis(0), event });
    if (recorded !== null) this.#places.set(seq, recorded);
    return seq;
  }

  get lastSeq(): number {
    return this.#entries.length;
  }

  entries(after = 0, upTo = this.#entries.length): readonly JournalEntry[] {
    return this.#entries.slice(after, upTo);
  }

  samples(labelSeq: number): readonly Sample[] {
    const recorded = this.#places.get(labelSeq);
    return recorded === undefined ? [] : this.#recorded.samples(recorded).flatMap((one) => this.#sensed(one));
  }

  close(): void {}

  #sensed(sample: Sample): readonly Sample[] {
    const sensed = withSenses(sample, this.#senses);
    return this.#senses.some((side) => hasSide(sensed, side)) ? [sensed] : [];
  }
}
