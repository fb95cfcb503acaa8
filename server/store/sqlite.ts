/**
 * The one place that touches `node:sqlite`: loading it, opening a connection, reading its values, naming its errors.
 */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

import { StoreError, type StoreErrorCode } from '../errors.ts';

const BUSY_TIMEOUT_MS = 5000;
const PAGE_SIZE = 8192; // a sample's blobs are 24 to 28 kB each: few overflow pages, and metadata pages stay dense

// Primary result codes, https://sqlite.org/rescode.html; the low byte of an extended code.
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/** Loads the built-in module without its ExperimentalWarning (Node 22 prints it once); every other warning still appears. */
function loadSqlite() {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

const sqlite = loadSqlite();

/**
 * Opens the only read-write connection: WAL, an fsync for each commit, freed pages given back on demand.
 * @param maxBytes bound on the file; what would pass it fails with ERR_STORE_FULL.
 * @throws {StoreError} ERR_STORE_CORRUPT, ERR_STORE_IO
 */
export function openWritable(path: string, maxBytes: number): DatabaseSync {
  return explained(`opening ${path}`, () => {
    const db = new sqlite.DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      // The first two only count before the first table exists. `secure_delete=FAST` zeroes what is erased inside a page;
      // pages freed whole leave the file by incremental_vacuum.
      db.exec(`
        PRAGMA page_size = ${PAGE_SIZE};
        PRAGMA auto_vacuum = INCREMENTAL;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = FAST;
      `);
      db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / PAGE_SIZE))}`);
    } catch (error) {
      db.close();
      throw error;
    }
    return db;
  });
}

/** Opens a read-only connection to a file that exists. @throws {StoreError} ERR_STORE_IO, ERR_STORE_CORRUPT */
export function openReadOnly(path: string): DatabaseSync {
  return explained(
    `opening ${path} to read`,
    () => new sqlite.DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS }),
  );
}

/** Runs `work` in one transaction; a throw rolls back. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back by itself; a second rollback would hide the first error.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Runs `work`; what SQLite throws leaves as a StoreError that says what was being done. */
export function explained<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeErrorOf(doing, error);
  }
}

/** Names an error of SQLite or the file system. A StoreError passes unchanged. */
export function storeErrorOf(doing: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const seen = error instanceof Error ? error.message : String(error);
  const code = storeErrorCode(error);
  return new StoreError(code, `${doing} failed: ${seen}; ${REMEDY[code]}`, { cause: error });
}

type SqliteCode = 'ERR_STORE_CORRUPT' | 'ERR_STORE_FULL' | 'ERR_STORE_IO';

const REMEDY: Readonly<Record<SqliteCode, string>> = {
  ERR_STORE_CORRUPT:
    'expected a journal of this program: restore a backup, or move the file away to start anew',
  ERR_STORE_FULL: 'nothing of it was stored: free disk space or delete a class and its data, then try again',
  ERR_STORE_IO: 'check that the folder exists, can be written, and is on a healthy local disk',
};

function storeErrorCode(error: unknown): SqliteCode & StoreErrorCode {
  if (!(error instanceof Error)) return 'ERR_STORE_IO';
  const result = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
  if (result === SQLITE_CORRUPT || result === SQLITE_NOTADB) return 'ERR_STORE_CORRUPT';
  return result === SQLITE_FULL ? 'ERR_STORE_FULL' : 'ERR_STORE_IO';
}

/** A column that must be text. @throws {StoreError} ERR_STORE_CORRUPT */
export function textOf(value: SQLOutputValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new StoreError('ERR_STORE_CORRUPT', `saw ${typeof value} where text is stored: restore a backup`);
}

/** A column that must be a number. @throws {StoreError} ERR_STORE_CORRUPT */
export function numberOf(value: SQLOutputValue | undefined): number {
  if (typeof value === 'number') return value;
  throw new StoreError('ERR_STORE_CORRUPT', `saw ${typeof value} where a number is stored: restore a backup`);
}

/** A column that holds bytes or null. @throws {StoreError} ERR_STORE_CORRUPT */
export function bytesOf(value: SQLOutputValue | undefined): Uint8Array | null {
  if (value === null || value instanceof Uint8Array) return value;
  throw new StoreError('ERR_STORE_CORRUPT', `saw ${typeof value} where bytes are stored: restore a backup`);
}
