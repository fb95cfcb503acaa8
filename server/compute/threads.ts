/** One TensorFlow thread for a compute process. */
import { env } from 'node:process';

const SETTINGS = {
  TF_NUM_INTRAOP_THREADS: '1', // two threads cost 1.1 to 1.7 times the CPU at batch 1 for no gain (compute.md)
  TF_NUM_INTEROP_THREADS: '1',
  OMP_NUM_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '3',
};

/** Sets what TensorFlow's library reads when it is loaded; nothing of ours reads it. Call it before `openBackend`. */
export function limitThreads(): void {
  Object.assign(env, SETTINGS);
}
