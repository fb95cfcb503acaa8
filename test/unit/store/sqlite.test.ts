import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

import { StoreError } from '../../../server/errors.ts';
import {
  bytesOf,
  inTransaction,
  numberOf,
  openWritable,
  storeErrorOf,
  textOf,
} from '../../../server/store/sqlite.ts';
import { inFolder } from './fixtures.ts';

const MODULE = fileURLToPath(new URL('../../../server/store/sqlite.ts', import.meta.url));

describe('loading node:sqlite', () => {
  it('prints no warning of its own, and swallows no other', async () => {
    const script = `await import(${JSON.stringify(MODULE)}); process.emitWarning('another one');`;
    const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stderr).toContain('another one');
    expect(stderr).not.toContain('SQLite');
  });
});

describe('inTransaction', () => {
  it('leaves nothing behind when the work throws', () =>
    inFolder(async (folder) => {
      const db = openWritable(join(folder, 'file.sqlite'), 2 ** 30);
      db.exec('CREATE TABLE t (a)');
      const work = () =>
        inTransaction(db, () => {
          db.exec('INSERT INTO t VALUES (1)');
          throw new Error('stop');
        });
      expect(work).toThrow('stop');
      expect(db.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 });
      expect(inTransaction(db, () => 5)).toBe(5);
      db.close();
    }));
});

describe('storeErrorOf', () => {
  const sqliteError = (errcode: number) => Object.assign(new Error('seen'), { errcode });

  it.each([
    [11, 'ERR_STORE_CORRUPT'],
    [26, 'ERR_STORE_CORRUPT'],
    [11 + (1 << 8), 'ERR_STORE_CORRUPT'], // an extended code keeps the primary one in its low byte
    [13, 'ERR_STORE_FULL'],
    [10, 'ERR_STORE_IO'],
    [5, 'ERR_STORE_IO'],
  ])('names SQLite result %i %s', (errcode, code) => {
    const cause = sqliteError(errcode);
    expect(storeErrorOf('storing', cause)).toMatchObject({
      code,
      cause,
      message: expect.stringContaining('seen'),
    });
  });

  it('passes a StoreError on and wraps anything else as ERR_STORE_IO', () => {
    const error = new StoreError('ERR_STORE_QUEUE', 'full');
    expect(storeErrorOf('storing', error)).toBe(error);
    expect(storeErrorOf('storing', 'a string')).toMatchObject({ code: 'ERR_STORE_IO' });
  });
});

describe('textOf, numberOf, bytesOf', () => {
  it('give back what is of their type and refuse the rest with ERR_STORE_CORRUPT', () => {
    expect([textOf('a'), numberOf(1.5), bytesOf(null), bytesOf(Uint8Array.of(1))]).toEqual([
      'a',
      1.5,
      null,
      Uint8Array.of(1),
    ]);
    for (const wrong of [() => textOf(1), () => numberOf('1'), () => numberOf(undefined), () => bytesOf('x')])
      expect(wrong).toThrow(expect.objectContaining({ code: 'ERR_STORE_CORRUPT' }));
  });
});
