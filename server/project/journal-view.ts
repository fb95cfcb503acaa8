/**
 * The journal in the gateway's memory: entries, the view they fold to, and what has been answered before.
 */
import type { Millis } from '../../proto/units.ts';
import type { Clock } from '../../src/clock.ts';
import {
  type JournalEntry,
  type JournalEvent,
  type ProjectView,
  type Sample,
  viewOf,
} from '../../src/journal.ts';
import type { Appended, Change, FeedbackLog, Forgotten } from '../store/ports.ts';

export class JournalView {
  readonly #log: FeedbackLog;
  readonly #clock: Clock;
  #entries: JournalEntry[];
  #view: ProjectView;

  private constructor(log: FeedbackLog, clock: Clock, entries: readonly JournalEntry[]) {
    this.#log = log;
    this.#clock = clock;
    this.#entries = [...entries];
    this.#view = viewOf(entries);
  }

  /** Reads the whole journal once. */
  static async open(log: FeedbackLog, clock: Clock): Promise<JournalView> {
    return new JournalView(log, clock, await log.entries());
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  get view(): ProjectView {
    return this.#view;
  }

  /** The sequence number of an event that is in the journal already, or null. */
  seqOf(id: string): number | null {
    return this.#entries.findLast(({ event }) => event.id === id)?.seq ?? null;
  }

  /** Durable when it resolves. */
  async append(event: JournalEvent, samples?: readonly Sample[]): Promise<Appended> {
    const appended = await this.#log.append(event, samples);
    // Read anew while this was written, the journal may hold it already.
    const there = appended.seq <= this.#view.lastSeq;
    if (!appended.duplicate && !there) this.#take({ seq: appended.seq, at: this.#clock.wall(), event });
    return appended;
  }

  /** Undoes the label at `from` and gives another in its place, together or not at all. */
  async change(change: Change, from: number): Promise<Appended> {
    const appended = await this.#log.change(change, from);
    await this.#reread();
    return appended;
  }

  /** Erases in the store, then reads the journal anew: what was erased is gone from here too. */
  async forget(id: string, what: Forgotten): Promise<Appended> {
    const appended = await this.#log.forget(id, what);
    await this.#reread();
    return appended;
  }

  async #reread(): Promise<void> {
    this.#entries = [...(await this.#log.entries())];
    this.#view = viewOf(this.#entries);
  }

  #take(entry: { seq: number; at: Millis; event: JournalEvent }): void {
    this.#entries.push(entry);
    this.#view = viewOf(this.#entries);
  }
}
