/** Opens one backbone to see what it is, says it, and ends. Composition only. */
import { openBackend } from '../backend.ts';
import { failureOf } from '../inference-loop.ts';
import { limitThreads } from '../threads.ts';
import { Backbone } from './backbone.ts';
import { isProbeRequest, type ProbeReply } from './probe-messages.ts';

function send(reply: ProbeReply): void {
  if (process.connected) process.send?.(reply, undefined, undefined, () => process.exit());
}

limitThreads();
process.on('message', (message: unknown) => {
  if (!isProbeRequest(message)) return;
  openBackend(message.backend)
    .then(() => Backbone.open(message.setting))
    .then(
      ({ form }) => send({ type: 'form', form }),
      (error: unknown) => send({ type: 'failed', failure: failureOf(error) }),
    );
});
process.on('disconnect', () => process.exit());
