import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../../server/store/folder-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const held = (contents: string) => writeFile(join(folder, 'in-use.json'), contents);

describe('lockFolder', () => {
  it('refuses a second holder with ERR_STORE_LOCKED until the first one gives it free', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'ERR_STORE_LOCKED' });
    await lock.close();
    await lock.close();
    await (await lockFolder(folder)).close();
  });

  it('refuses while another process lives that holds it', async () => {
    const { readFile } = await import('node:fs/promises');
    const stat = await readFile(`/proc/${process.ppid}/stat`, 'utf8').catch(() => '');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    await held(JSON.stringify({ pid: process.ppid, started }));
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'ERR_STORE_LOCKED' });
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: '1' })],
    ['a process whose number another one has now', JSON.stringify({ pid: process.pid, started: '1' })],
    ['a holder that died while it wrote', '{"pid":'],
  ])('takes the folder over from %s', async (_, contents) => {
    await held(contents);
    await (await lockFolder(folder)).close();
  });
});
