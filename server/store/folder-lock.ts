/**
 * One process at a time in a project's folder: a file with the process that holds it.
 */
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../errors.ts';

export type FolderLock = {
  /** Gives the folder free. Idempotent. */
  close(): Promise<void>;
};

/** A process as it can be told from a later one with the same number. */
type Holder = { readonly pid: number; readonly started: string };

const NAME = 'in-use.json';

/**
 * Takes the folder, also from a holder that has died without giving it free.
 * @throws {StoreError} ERR_STORE_LOCKED while another process holds it.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, NAME);
  const self: Holder = { pid: process.pid, started: await startOf(process.pid) };
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(JSON.stringify(self));
      await file.close();
      return { close: () => rm(path, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const holder = await readHolder(path);
      if (holder && (await lives(holder, self))) throw inUse(folder, path, holder.pid);
      await rm(path, { force: true });
    }
  }
  throw inUse(folder, path, 0);
}

function inUse(folder: string, path: string, pid: number): StoreError {
  const hint = `stop it, or give this one another --data or --project; if there is none, remove ${path}`;
  return new StoreError('ERR_STORE_LOCKED', `${folder} is in use by process ${pid}: ${hint}`);
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    const [pid, started] = [Reflect.get(Object(value), 'pid'), Reflect.get(Object(value), 'started')];
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : null;
  } catch {
    return null; // half written by one that died: nobody holds it
  }
}

async function lives({ pid, started }: Holder, self: Holder): Promise<boolean> {
  if (pid === self.pid) return started === self.started;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return (await startOf(pid)) === started;
}

/** When a process began, in the kernel's ticks since boot (field 22 of Linux's `stat`); empty where that cannot be read. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
