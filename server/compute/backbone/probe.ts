/** What a backbone is, found out in a process of its own: the gateway has no tensors. */
import { fork } from 'node:child_process';

import { BackboneError, type BackboneErrorCode, ComputeError } from '../../errors.ts';
import type { BackendChoice } from '../backend.ts';
import type { Failure } from '../inference-messages.ts';
import type { BackboneForm, BackboneSetting } from './backbone.ts';
import { isProbeReply, type ProbeReply } from './probe-messages.ts';

const CODES: readonly BackboneErrorCode[] = [
  'ERR_BACKBONE_FILES',
  'ERR_BACKBONE_FORMAT',
  'ERR_BACKBONE_INPUT',
  'ERR_BACKBONE_OUTPUT',
  'ERR_BACKBONE_OPERATION',
  'ERR_BACKBONE_NUMBERS',
];

function errorOf({ code, message }: Failure): Error {
  const own = CODES.find((known) => known === code);
  return own
    ? new BackboneError(own, message)
    : new ComputeError('ERR_COMPUTE_FAILED', `${code}: ${message}`);
}

/**
 * Opens a backbone on the backend that will run it, and closes it again.
 *
 * @throws {BackboneError} what does not fit, explained. @throws {ComputeError} where no backend can be had.
 */
export async function probeBackbone(setting: BackboneSetting, backend: BackendChoice): Promise<BackboneForm> {
  const reply = await ask(setting, backend);
  if (reply?.type === 'form') return reply.form;
  if (reply) throw errorOf(reply.failure);
  // TensorFlow's library may end the process while it loads: serving takes wasm then, and so does this.
  if (backend !== 'wasm') return probeBackbone(setting, 'wasm');
  throw new ComputeError('ERR_COMPUTE_FAILED', 'the process that looks at a backbone ended: npm run doctor');
}

/** Null where the process ended without a word. */
function ask(setting: BackboneSetting, backend: BackendChoice): Promise<ProbeReply | null> {
  const child = fork(new URL('./probe-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: [
      '--disable-warning=DEP0051',
      '--disable-warning=DEP0044',
      '--disable-warning=ExperimentalWarning',
    ],
  });
  return new Promise((resolve) => {
    let reply: ProbeReply | null = null;
    child.on('message', (message: unknown) => {
      if (isProbeReply(message)) reply = message;
    });
    child.on('error', () => resolve(null));
    child.once('exit', () => resolve(reply));
    child.send({ type: 'probe', backend, setting });
  });
}
