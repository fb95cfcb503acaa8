/** The inference process on a machine where TensorFlow's library kills whoever loads it; version 13 dies in any case. */
import { isOpenRequest } from '../../server/compute/inference-messages.ts';

process.once('message', (message: unknown) => {
  if (!isOpenRequest(message) || message.backend !== 'wasm' || message.version === 13) {
    process.kill(process.pid, 'SIGKILL');
    return;
  }
  // The real one listens as soon as it is loaded, and gets the message that it has missed.
  void import('../../server/compute/inference-process.ts').then(() =>
    process.emit('message', message, undefined),
  );
});
