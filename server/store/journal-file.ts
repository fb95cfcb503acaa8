/**
 * What is done to the journal's tables, on one connection: append, read, erase. No threads, no queue, no transactions of its own
 * except where the doc says so.
 */
import { statSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';

import { millis } from '../../proto/units.ts';
import type { JournalEntry, JournalEvent } from '../../src/journal.ts';
import { StoreError } from '../errors.ts';
import { eraseFrom, isSpan } from './erasing.ts';
import type { Appended, Change, Forgotten } from './ports.ts';
import { type PackedSample, SAMPLE_COLUMNS, valuesOf } from './sample-blobs.ts';
import { migrate } from './schema.ts';
import { explained, inTransaction, numberOf, openWritable, textOf } from './sqlite.ts';

/** An event with its wall-clock time and, for a label, its samples. */
export type Append = {
  readonly at: number;
  readonly event: JournalEvent;
  readonly samples: readonly PackedSample[];
};

/** Rows of `seq, at, body` as entries. @throws {StoreError} ERR_STORE_CORRUPT */
export function entriesOf(rows: readonly Record<string, SQLOutputValue>[]): JournalEntry[] {
  return rows.map((row) => ({
    seq: numberOf(row.seq),
    at: millis(numberOf(row.at)),
    event: eventOf(textOf(row.body)),
  }));
}

function eventOf(body: string): JournalEvent {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new StoreError('ERR_STORE_CORRUPT', 'saw a journal row that is no JSON: restore a backup', {
      cause,
    });
  }
}

/** SQL that reads entries with `after < seq <= upTo`, in order. */
export const SELECT_ENTRIES = 'SELECT seq, at, body FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq';

/** The read-write side of a journal file. Owns its connection; closed by `close()`. */
export class JournalFile {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #find: StatementSync;
  readonly #insertEvent: StatementSync;
  readonly #insertSample: StatementSync;
  readonly #copySamples: StatementSync;
  readonly #entries: StatementSync;

  /** Opens or makes the file, migrates it, and finishes an erasure that a crash cut short. @throws {StoreError} */
  constructor(path: string, featureHash: string, maxBytes: number) {
    this.#path = path;
    const db = openWritable(path, maxBytes);
    try {
      explained(`preparing ${path}`, () => migrate(db, featureHash));
      this.#find = db.prepare('SELECT seq FROM journal WHERE id = ?');
      this.#insertEvent = db.prepare('INSERT INTO journal (id, at, body) VALUES (?, ?, ?)');
      this.#insertSample = db.prepare(
        `INSERT INTO sample (label_seq, ${SAMPLE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      this.#copySamples = db.prepare(
        `INSERT INTO sample (label_seq, ${SAMPLE_COLUMNS})
         SELECT ?, ${SAMPLE_COLUMNS} FROM sample WHERE label_seq = ? ORDER BY id`,
      );
      this.#entries = db.prepare(SELECT_ENTRIES);
      this.#db = db;
      if (numberOf(db.prepare('PRAGMA freelist_count').get()?.freelist_count) > 0) this.reclaim();
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Appends all in one transaction, which is on disk when this returns. All or none. @throws {StoreError} ERR_STORE_FULL, ERR_STORE_IO */
  appendAll(appends: readonly Append[]): Appended[] {
    return explained('storing labels', () =>
      inTransaction(this.#db, () => appends.map((append) => this.#append(append))),
    );
  }

  #append({ at, event, samples }: Append): Appended {
    const found = this.#find.get(event.id);
    if (found) return { seq: numberOf(found.seq), duplicate: true };
    const seq = Number(this.#insertEvent.run(event.id, at, JSON.stringify(event)).lastInsertRowid);
    for (const sample of samples) this.#insertSample.run(seq, ...valuesOf(sample));
    return { seq, duplicate: false };
  }

  /** Entries with a sequence number above `after`. */
  entries(after: number): JournalEntry[] {
    return explained('reading the journal', () =>
      entriesOf(this.#entries.all(after, Number.MAX_SAFE_INTEGER)),
    );
  }

  /** The undo of the label at `from` and the label in its place, with a copy of its samples, in one transaction. */
  change({ label, by }: Change, from: number, at: number): Appended {
    return explained('changing a label', () =>
      inTransaction(this.#db, () => {
        const labelId = label.replaces ?? '';
        this.#append({ at, event: { type: 'undo', id: `${label.id}:undo`, labelId, by }, samples: [] });
        const appended = this.#append({ at, event: label, samples: [] });
        if (!appended.duplicate) this.#copySamples.run(appended.seq, from);
        return appended;
      }),
    );
  }

  /**
   * In one transaction: erases labels with their samples and scores, and of a class (null: of all) its names and colours, then
   * appends the `forget` or `forget-span` event. An id seen before changes nothing.
   */
  forget(id: string, what: Forgotten, at: number): Appended {
    return explained('deleting data', () =>
      inTransaction(this.#db, () => {
        const found = this.#find.get(id);
        if (found) return { seq: numberOf(found.seq), duplicate: true };
        // Erase first: on a full store the event then fits into what was freed.
        eraseFrom(this.#db, id, what);
        const event = isSpan(what)
          ? ({ type: 'forget-span', id, ...what } as const)
          : ({ type: 'forget', id, classId: what } as const);
        return this.#append({ at, event, samples: [] });
      }),
    );
  }

  /** Gives freed pages back to the file system and empties the write-ahead log, so that nothing erased is left in either. */
  reclaim(): void {
    explained('giving freed space back', () => {
      this.#db.exec('PRAGMA incremental_vacuum');
      const done = this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      if (numberOf(done?.busy) === 0) return;
      const seen = 'the data was deleted, but a reader kept the write-ahead log from being emptied';
      throw new StoreError('ERR_STORE_IO', `${seen}: delete again, or restart, to give the space back`);
    });
  }

  /** Bytes on disk (file and write-ahead log) and labels that were not erased. */
  stats(): { readonly bytes: number; readonly labels: number } {
    return explained('measuring the journal', () => {
      const row = this.#db.prepare(`SELECT count(*) AS labels FROM journal WHERE type = 'label'`).get();
      const log = statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
      return { bytes: statSync(this.#path).size + log, labels: numberOf(row?.labels) };
    });
  }

  /** Closes the connection; the last one to close folds the write-ahead log into the file. */
  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}
