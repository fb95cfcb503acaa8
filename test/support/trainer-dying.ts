/** A trainer process that dies on wish: round 13 kills it, round 14 hangs; on any backend but wasm it dies at once. */
import { isTrainerRequest, type TrainerReply } from '../../server/compute/trainer-messages.ts';

/** A parent that is just going breaks the pipe. */
function send(reply: TrainerReply): void {
  process.send?.(reply, undefined, undefined, () => undefined);
}

process.on('message', (message: unknown) => {
  if (!isTrainerRequest(message)) return;
  const { setting, request } = message;
  if (setting.backend !== 'wasm' || request.round === 13) {
    process.kill(process.pid, 'SIGKILL');
    return;
  }
  send({ type: 'opened' });
  if (request.round === 14) return;
  const balance = { rho: null, beta: 0, gamma: 0 };
  const progress = { phase: 'training' as const, step: 1, steps: request.steps, balance };
  send({ type: 'progress', progress });
  if (request.round === 15) {
    send({ type: 'failed', failure: { code: 'ERR_CHECKPOINT_DIGEST', message: 'damaged' } });
    return;
  }
  send({ type: 'result', result: { type: 'nothing', verdict: `on ${setting.backend}`, balance } });
});
process.on('disconnect', () => process.exit());
