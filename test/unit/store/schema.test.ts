import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';

import { openJournalReader } from '../../../server/store/journal-reader.ts';
import { SCHEMA_VERSION } from '../../../server/store/schema.ts';
import { openReadOnly, openWritable } from '../../../server/store/sqlite.ts';
import { openFeedbackLog } from '../../../server/store/sqlite-feedback-log.ts';
import { clock, FEATURES, inFolder, label } from './fixtures.ts';

const withFile = async <T>(path: string, work: (db: DatabaseSync) => T): Promise<T> => {
  const db = openWritable(path, 2 ** 30);
  try {
    return work(db);
  } finally {
    db.close();
  }
};

/** A file as schema version 1 wrote it, with one label of one sample. */
const VERSION_1 = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at REAL NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE sample (
    id INTEGER PRIMARY KEY, label_seq INTEGER NOT NULL REFERENCES journal (seq),
    start_us REAL NOT NULL, end_us REAL NOT NULL, mel BLOB, rgb BLOB, older BLOB
  ) STRICT;
  CREATE INDEX sample_by_label ON sample (label_seq, start_us);
  INSERT INTO meta VALUES ('features', '${FEATURES}');
  INSERT INTO journal (id, at, body) VALUES ('old', 7, '${JSON.stringify(label('old'))}');
  INSERT INTO sample VALUES (1, 1, 10, 20, x'0000803f00000040', NULL, x'050607');
  PRAGMA user_version = 1;`;

describe('migrate', () => {
  it('brings a version-1 file to the newest schema with everything in it', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'journal.sqlite');
      await withFile(path, (db) => db.exec(VERSION_1));
      const log = await openFeedbackLog({ path, featureHash: FEATURES, clock });
      expect(await log.entries()).toEqual([{ seq: 1, at: 7, event: label('old') }]);
      expect((await log.stats()).labels).toBe(1);
      const reader = openJournalReader(path, FEATURES);
      expect(reader.samples(1)).toEqual([
        { start: 10, end: 20, mel: Float32Array.of(1, 2), rgb: null, older: Uint8Array.of(5, 6, 7) },
      ]);
      await log.forget('f', 'a'); // what version 2 brought: the events of one class
      expect(reader.entries().map(({ event }) => event.type)).toEqual(['erased', 'forget']);
      reader.close();
      await log.close();
      const version = await withFile(path, (db) => db.prepare('PRAGMA user_version').get()?.user_version);
      expect(version).toBe(SCHEMA_VERSION);
    }));

  it('refuses a file of a newer program with ERR_STORE_SCHEMA, as writer and as reader', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'journal.sqlite');
      await (await openFeedbackLog({ path, featureHash: FEATURES, clock })).close();
      await withFile(path, (db) => db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`));
      const code = 'ERR_STORE_SCHEMA';
      await expect(openFeedbackLog({ path, featureHash: FEATURES, clock })).rejects.toMatchObject({ code });
      expect(() => openJournalReader(path, FEATURES)).toThrow(expect.objectContaining({ code }));
    }));

  it('makes a file that fsyncs each commit, logs ahead, and can give pages back', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'journal.sqlite');
      await (await openFeedbackLog({ path, featureHash: FEATURES, clock })).close();
      const pragma = await withFile(path, (db) =>
        ['journal_mode', 'synchronous', 'page_size', 'auto_vacuum', 'secure_delete'].map(
          (name) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0],
        ),
      );
      // synchronous 2: FULL; auto_vacuum 2: INCREMENTAL; secure_delete 2: FAST (sqlite.org/pragma.html)
      expect(pragma).toEqual(['wal', 2, 8192, 2, 2]);
    }));
});

describe('openReadOnly', () => {
  it('cannot write', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'journal.sqlite');
      await (await openFeedbackLog({ path, featureHash: FEATURES, clock })).close();
      const db = openReadOnly(path);
      expect(() => db.exec('DELETE FROM journal')).toThrow(/readonly/);
      db.close();
    }));
});
