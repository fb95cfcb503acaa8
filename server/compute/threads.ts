/** How many threads TensorFlow takes: one in a compute process. */
import { env } from 'node:process';

const SETTINGS = {
  TF_NUM_INTRAOP_THREADS: '1', // two threads cost 1.1 to 1.7 times the CPU at batch 1 for no gain (compute.md)
  TF_NUM_INTEROP_THREADS: '1',
  OMP_NUM_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '3',
};

/**
 * Sets what TensorFlow's library reads when it is loaded; nothing of ours reads it. Call it before `openBackend`.
 *
 * @param threads of one operation; more than one pays where batches are large (pretraining).
 */
export function limitThreads(threads = 1): void {
  const count = String(threads);
  Object.assign(env, SETTINGS, { TF_NUM_INTRAOP_THREADS: count, OMP_NUM_THREADS: count });
}
