/** Hands jobs to a few processes, each the next one when it is done. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Job, Report } from './worker.ts';

const isReport = (message: unknown): message is Report =>
  typeof message === 'object' && message !== null && 'type' in message;

/** @returns true where the process lived to the end of the job */
async function give(child: ChildProcess, job: Job, onReport: (report: Report) => void): Promise<boolean> {
  const ended = new Promise<boolean>((resolve) => {
    const onMessage = (message: unknown): void => {
      if (!isReport(message)) return;
      if (message.type === 'done') finish(true);
      else onReport(message);
    };
    const onExit = (): void => finish(false);
    const finish = (alive: boolean): void => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(alive);
    };
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
  child.send(job);
  return ended;
}

/**
 * Runs every job once, in about this order. A process that dies costs its job.
 *
 * @throws {Error} when every process has died.
 */
export async function runJobs(
  jobs: readonly Job[],
  processes: number,
  onReport: (report: Report) => void,
): Promise<void> {
  const waiting = [...jobs];
  const lane = async (): Promise<void> => {
    const child = fork(new URL('./worker.ts', import.meta.url), {
      execArgv: ['--disable-warning=DEP0051', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    try {
      for (let job = waiting.shift(); job; job = waiting.shift())
        if (!(await give(child, job, onReport))) {
          const [cell] = job.cells;
          if (cell) onReport({ type: 'failed', cell, why: 'its process ended' });
          return;
        }
    } finally {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.disconnect();
        await gone;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(processes, jobs.length) }, lane));
  if (waiting.length > 0) throw new Error(`${waiting.length} jobs are left and every process has ended`);
}
