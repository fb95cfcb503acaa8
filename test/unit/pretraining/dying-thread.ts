/** A thread that dies of its first request. */
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', () => {
  throw new RangeError('no such picture');
});
