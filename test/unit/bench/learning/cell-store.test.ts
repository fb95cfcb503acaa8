import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CellStore } from '../../../bench/learning/cell-store.ts';

const isNumber = (value: unknown): value is number => typeof value === 'number';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-cells-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('CellStore', () => {
  it('runs a cell once, also across stores of one folder', async () => {
    let runs = 0;
    const run = async (): Promise<number> => ++runs;
    const cells = join(folder, 'not-made-yet');
    expect(await new CellStore(cells, isNumber).result('k', run)).toEqual({ result: 1, stored: false });
    expect(await new CellStore(cells, isNumber).result('k', run)).toEqual({ result: 1, stored: true });
    expect(runs).toBe(1);
    expect(await readdir(cells)).toEqual(['k.json']);
  });

  it('runs a cell again whose file was cut off or holds something else', async () => {
    const store = new CellStore(folder, isNumber);
    for (const text of ['{"fused": 0.', '"seven"']) {
      await writeFile(join(folder, 'k.json'), text);
      expect(await store.result('k', async () => 7)).toEqual({ result: 7, stored: false });
    }
  });

  it('stores nothing of a cell that fails', async () => {
    const store = new CellStore(folder, isNumber);
    await expect(store.result('k', () => Promise.reject(new Error('loss NaN')))).rejects.toThrow('loss NaN');
    expect(await readdir(folder)).toEqual([]);
  });
});
