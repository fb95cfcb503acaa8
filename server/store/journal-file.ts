/**
 * What is done to the journal's tables, on one connection: append, read, erase. No threads, no queue, no transactions of its own
 * except where the doc says so.
 */
import { statSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';

import { millis } from '../../proto/units.ts';
import type { JournalEntry, JournalEvent } from '../../src/journal.ts';
import { StoreError } from '../errors.ts';
import type { Appended } from './ports.ts';
import type { PackedSample } from './sample-blobs.ts';
import { migrate } from './schema.ts';
import { explained, inTransaction, numberOf, openWritable, textOf } from './sqlite.ts';

/** An event with its wall-clock time and, for a label, its samples. */
export type Append = {
  readonly at: number;
  readonly event: JournalEvent;
  readonly samples: readonly PackedSample[];
};

const DELETE_BATCH = 200; // samples a statement: bounds what SQLite keeps in memory, about 16 MB of pages
// The events that say something about a class or a moment of somebody's life; what remains of them is `erased`.
const PERSONAL = `('label', 'class-add', 'class-rename', 'class-recolour')`;

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
        'INSERT INTO sample (label_seq, start_us, end_us, mel, rgb, older) VALUES (?, ?, ?, ?, ?, ?)',
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
    for (const { start, end, mel, rgb, older } of samples)
      this.#insertSample.run(seq, start, end, mel, rgb, older);
    return { seq, duplicate: false };
  }

  /** Entries with a sequence number above `after`. */
  entries(after: number): JournalEntry[] {
    return explained('reading the journal', () =>
      entriesOf(this.#entries.all(after, Number.MAX_SAFE_INTEGER)),
    );
  }

  /**
   * In one transaction: erases the class's labels with their samples and scores, its names and colours (null: all there are), then
   * appends the `forget` event. An id seen before changes nothing.
   */
  forget(id: string, classId: string | null, at: number): Appended {
    return explained('deleting data', () =>
      inTransaction(this.#db, () => {
        const found = this.#find.get(id);
        if (found) return { seq: numberOf(found.seq), duplicate: true };
        // Erase first: on a full store the event then fits into what was freed.
        this.#eraseSamples(classId);
        this.#eraseEvents(id, classId);
        return this.#append({ at, event: { type: 'forget', id, classId }, samples: [] });
      }),
    );
  }

  #eraseEvents(forgetId: string, classId: string | null): void {
    const erase = `UPDATE journal SET body = json_object('type', 'erased', 'id', id, 'forgetId', ?2)`;
    // A gate's verdict is written for people and may name classes.
    this.#db.exec(
      `UPDATE journal SET body = json_set(body, '$.verdict', '') WHERE type IN ('promotion', 'rejection')`,
    );
    // Scores before the labels that they are found by.
    const labels = `SELECT id FROM journal WHERE type = 'label' AND class_id = ?1`;
    const scores = `type = 'score' AND (?1 IS NULL OR body ->> '$.labelId' IN (${labels}))`;
    this.#db.prepare(`${erase} WHERE ${scores}`).run(classId, forgetId);
    this.#db
      .prepare(`${erase} WHERE type IN ${PERSONAL} AND (?1 IS NULL OR class_id = ?1)`)
      .run(classId, forgetId);
  }

  #eraseSamples(classId: string | null): void {
    const batch = this.#db.prepare(
      `DELETE FROM sample WHERE id IN (
         SELECT sample.id FROM sample JOIN journal ON journal.seq = sample.label_seq
         WHERE ?1 IS NULL OR (journal.type = 'label' AND journal.class_id = ?1) LIMIT ${DELETE_BATCH})`,
    );
    while (Number(batch.run(classId).changes) > 0);
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
