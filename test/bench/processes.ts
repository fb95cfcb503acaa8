/** What the system says of running processes. Processor time and threads: Linux alone. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export type ChildProcessInfo = {
  readonly pid: number;
  /** Resident bytes. */
  readonly rss: number;
  readonly args: string;
};

/** What a process has started, as `ps` says; none where it cannot be told. */
export async function childrenOf(parent: number): Promise<readonly ChildProcessInfo[]> {
  const none = { stdout: '' };
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,rss=,args=']).catch(() => none);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, ppid, kilobytes, args = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(ppid) !== parent) return [];
    return [{ pid: Number(pid), rss: 1024 * Number(kilobytes), args }];
  });
}

const TICK_MS = 10; // a hundredth of a second in every Linux that Node runs on

/** Processor time of a process with all its threads, milliseconds; null where it cannot be told. */
export async function cpuOf(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name may hold anything: fields are counted from behind its bracket (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return text === '' ? null : TICK_MS * (user + system);
}

export type ThreadInfo = {
  readonly id: number;
  readonly name: string;
  /** Processor time so far, milliseconds. */
  readonly cpu: number;
};

/** The threads of a process that run now. */
export async function threadsOf(pid: number): Promise<readonly ThreadInfo[]> {
  const ids = await readdir(`/proc/${pid}/task`).catch(() => []);
  const threads = ids.map(async (id): Promise<readonly ThreadInfo[]> => {
    const folder = `/proc/${pid}/task/${id}`;
    const read = (file: string): Promise<string> => readFile(`${folder}/${file}`, 'utf8').catch(() => '');
    const [name, scheduled] = [(await read('comm')).trim(), await read('schedstat')];
    const cpu = Number(scheduled.split(' ')[0]) / 1e6; // nanoseconds on a processor come first
    return scheduled === '' ? [] : [{ id: Number(id), name, cpu }];
  });
  return (await Promise.all(threads)).flat();
}
