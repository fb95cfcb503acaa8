/** A gateway that does nothing but start the inference process and say which one it is; a test kills it. */
import { startInference } from '../../server/compute/inference-client.ts';

type Start = { readonly journal: string; readonly featureHash: string; readonly folder: string };

const isStart = (message: unknown): message is Start =>
  typeof message === 'object' && message !== null && 'journal' in message;

process.on('message', (message: unknown) => {
  if (!isStart(message)) return;
  void startInference({
    ...message,
    backend: 'wasm',
    version: 0,
    onEvent: (event) => {
      if (event.type === 'inference-started') process.send?.(event.pid);
    },
  });
});
