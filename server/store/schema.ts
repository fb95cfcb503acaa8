/**
 * The journal file's tables, their migrations, and the check that its features are the ones this program computes.
 */
import type { DatabaseSync } from 'node:sqlite';

import { StoreError } from '../errors.ts';
import { inTransaction, numberOf, textOf } from './sqlite.ts';

/**
 * One step for each schema version, applied in order inside one transaction; `user_version` counts the steps taken.
 * Never edit a step that was released: append another.
 */
const MIGRATIONS: readonly string[] = [
  // 1. Samples stand in a table of their own, so that reading the journal never touches the pages of their blobs.
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE journal (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     at REAL NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE TABLE sample (
     id INTEGER PRIMARY KEY,
     label_seq INTEGER NOT NULL REFERENCES journal (seq),
     start_us REAL NOT NULL,
     end_us REAL NOT NULL,
     mel BLOB,
     rgb BLOB,
     older BLOB
   ) STRICT;
   CREATE INDEX sample_by_label ON sample (label_seq, start_us);`,
  // 2. Counting labels and finding the events of one class without parsing every body.
  `ALTER TABLE journal ADD COLUMN type TEXT GENERATED ALWAYS AS (body ->> '$.type') VIRTUAL;
   ALTER TABLE journal ADD COLUMN class_id TEXT GENERATED ALWAYS AS (body ->> '$.classId') VIRTUAL;
   CREATE INDEX journal_by_class ON journal (type, class_id);`,
  // 3. What a plugged-in backbone gave of a side, and the state of the signal that it gave it of.
  `ALTER TABLE sample ADD COLUMN audio_embedding BLOB;
   ALTER TABLE sample ADD COLUMN audio_signal TEXT;
   ALTER TABLE sample ADD COLUMN video_embedding BLOB;
   ALTER TABLE sample ADD COLUMN video_signal TEXT;`,
];

/** The schema version that this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

function versionOf(db: DatabaseSync): number {
  return numberOf(db.prepare('PRAGMA user_version').get()?.user_version);
}

/**
 * Brings the file to the newest schema and ties it to a feature specification.
 * @throws {StoreError} ERR_STORE_SCHEMA if a newer program wrote it, ERR_STORE_FEATURES if its features are of another specification.
 */
export function migrate(db: DatabaseSync, featureHash: string): void {
  inTransaction(db, () => {
    const version = versionOf(db);
    if (version > SCHEMA_VERSION) refuseSchema(version);
    for (const step of MIGRATIONS.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.prepare(`INSERT INTO meta VALUES ('features', ?) ON CONFLICT DO NOTHING`).run(featureHash);
    checkFeatures(db, featureHash);
  });
}

/** Checks a file that another connection migrated, without writing. @throws {StoreError} as `migrate` */
export function checkReadable(db: DatabaseSync, featureHash: string): void {
  const version = versionOf(db);
  if (version !== SCHEMA_VERSION) refuseSchema(version);
  checkFeatures(db, featureHash);
}

function refuseSchema(version: number): never {
  const seen = `the journal has schema version ${version}, this program reads ${SCHEMA_VERSION}`;
  throw new StoreError('ERR_STORE_SCHEMA', `${seen}: start the newest version of the program on it`);
}

function checkFeatures(db: DatabaseSync, featureHash: string): void {
  const stored = textOf(db.prepare(`SELECT value FROM meta WHERE key = 'features'`).get()?.value);
  if (stored === featureHash) return;
  const seen = `the journal holds features ${stored}, this program computes ${featureHash}`;
  const remedy =
    'use another --project, go back to the settings it was made with, or delete the project folder';
  throw new StoreError('ERR_STORE_FEATURES', `${seen}: ${remedy}`);
}
