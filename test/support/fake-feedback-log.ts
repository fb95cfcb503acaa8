/** The feedback log in memory: same promises, no file. Its `reader()` is what another process would see. */

import { StoreError } from '../../server/errors.ts';
import type {
  Appended,
  Change,
  FeedbackLog,
  Forgotten,
  JournalReader,
  StoreStats,
} from '../../server/store/ports.ts';
import { refuseForeign } from '../../server/store/sqlite-feedback-log.ts';
import type { Clock } from '../../src/clock.ts';
import {
  type JournalEntry,
  type JournalEvent,
  type LabelEvent,
  overlaps,
  type Sample,
} from '../../src/journal.ts';

function goes(label: LabelEvent, what: Forgotten): boolean {
  if (what === null) return true;
  return typeof what === 'object' ? overlaps(label, what) : label.classId === what;
}

/** Whether forgetting erases `event`; `labels` are the ids of the labels it erases. */
function isErasedBy(event: JournalEvent, what: Forgotten, labels: ReadonlySet<string>): boolean {
  switch (event.type) {
    case 'label':
      return labels.has(event.id);
    case 'class-add':
    case 'class-rename':
    case 'class-recolour':
      return what === null || event.classId === what;
    case 'score':
    case 'keep':
    case 'suspicion':
      return labels.has(event.labelId);
    default:
      return false;
  }
}

function copyOf(sample: Sample): Sample {
  const { mel, rgb, older } = sample;
  return {
    ...sample,
    mel: mel?.slice() ?? null,
    rgb: rgb?.slice() ?? null,
    older: older?.slice() ?? null,
  };
}

export class FakeFeedbackLog implements FeedbackLog {
  readonly #clock: Clock;
  readonly #entries: JournalEntry[] = [];
  readonly #samples = new Map<number, readonly Sample[]>();
  readonly #seqById = new Map<string, number>();
  #closed = false;
  #failure: StoreError | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Every append fails with `error` from now on (null: none does). */
  failWith(error: StoreError | null): void {
    this.#failure = error;
  }

  async append(event: JournalEvent, samples: readonly Sample[] = []): Promise<Appended> {
    refuseForeign(event, samples);
    this.#requireOpen();
    if (this.#failure) throw this.#failure;
    return this.#store(event, samples);
  }

  async entries(after = 0): Promise<readonly JournalEntry[]> {
    this.#requireOpen();
    return this.#entries.slice(after);
  }

  async stats(): Promise<StoreStats> {
    this.#requireOpen();
    const labels = this.#entries.filter(({ event }) => event.type === 'label').length;
    let bytes = 0;
    for (const samples of this.#samples.values())
      for (const { mel, rgb, older } of samples)
        bytes += (mel?.byteLength ?? 0) + (rgb?.byteLength ?? 0) + (older?.byteLength ?? 0);
    return { bytes, labels, path: 'memory' };
  }

  async change({ label, by }: Change, from: number): Promise<Appended> {
    this.#requireOpen();
    this.#store({ type: 'undo', id: `${label.id}:undo`, labelId: label.replaces ?? '', by }, []);
    return this.#store(label, this.#samples.get(from) ?? []);
  }

  async forget(id: string, what: Forgotten): Promise<Appended> {
    this.#requireOpen();
    const forget =
      what !== null && typeof what === 'object'
        ? ({ type: 'forget-span', id, ...what } as const)
        : ({ type: 'forget', id, classId: what } as const);
    if (this.#seqById.has(id)) return this.#store(forget, []);
    const labels = new Set(
      this.#entries.flatMap(({ event }) => (event.type === 'label' && goes(event, what) ? [event.id] : [])),
    );
    this.#entries.forEach((entry, i) => {
      const { event } = entry;
      if (event.type === 'undo' && labels.has(event.labelId)) {
        const { by: _, ...nameless } = event;
        this.#entries[i] = { ...entry, event: nameless };
      }
      if (event.type === 'promotion' || event.type === 'rejection') {
        this.#entries[i] = { ...entry, event: { ...event, verdict: '' } };
      }
      if (!isErasedBy(entry.event, what, labels)) return;
      this.#entries[i] = { ...entry, event: { type: 'erased', id: entry.event.id, forgetId: id } };
      this.#samples.delete(entry.seq);
    });
    return this.#store(forget, []);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  reader(): JournalReader {
    return {
      entries: (after = 0, upTo = this.#entries.length) => this.#entries.slice(after, upTo),
      samples: (labelSeq) => (this.#samples.get(labelSeq) ?? []).map(copyOf),
      close: () => {},
    };
  }

  #store(event: JournalEvent, samples: readonly Sample[]): Appended {
    const known = this.#seqById.get(event.id);
    if (known !== undefined) return { seq: known, duplicate: true };
    const seq = this.#entries.length + 1;
    this.#entries.push({ seq, at: this.#clock.wall(), event });
    this.#seqById.set(event.id, seq);
    if (samples.length > 0)
      this.#samples.set(
        seq,
        samples.map(copyOf).sort((a, b) => a.start - b.start),
      );
    return { seq, duplicate: false };
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new StoreError('ERR_STORE_CLOSED', 'the feedback log was closed: open it again to use it');
  }
}
