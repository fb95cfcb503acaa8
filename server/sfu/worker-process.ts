/**
 * The beginning and the end of a worker's process, each within a time.
 */
import type { types } from 'mediasoup';

const START_LIMIT_MS = 15_000; // it takes 0.2 s
const CLOSE_GRACE_MS = 2_000;

/** Closes a worker and waits for its process, which is killed where it does not go by itself. */
export function endWorker(worker: types.Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.subprocessClosed) {
      resolve();
      return;
    }
    const kill = setTimeout(() => {
      try {
        process.kill(worker.pid, 'SIGKILL');
      } catch {
        resolve(); // gone in this very moment
      }
    }, CLOSE_GRACE_MS);
    worker.once('subprocessclose', () => {
      clearTimeout(kill);
      resolve();
    });
    worker.close();
  });
}

/** A worker that starts too late is closed then. */
export async function startedInTime(starting: Promise<types.Worker>): Promise<types.Worker> {
  let late = false;
  let timer: NodeJS.Timeout | null = null;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late = true;
      reject(new Error(`it did not start within ${START_LIMIT_MS / 1000} seconds`));
    }, START_LIMIT_MS);
  });
  starting.then(
    (worker) => late && worker.close(),
    () => undefined,
  );
  try {
    return await Promise.race([starting, limit]);
  } finally {
    if (timer) clearTimeout(timer);
  }
}
