/**
 * The gateway's handle on the trainer process: forks it when the first round comes, and anew after it died.
 *
 * Nothing here touches serving: whatever becomes of a round, its outcome is a message, or an error of that call.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';

import { ComputeError } from '../errors.ts';
import { endChild } from './end-child.ts';
import type { Failure } from './inference-messages.ts';
import type { RoundProgress, RoundRequest, RoundResult, Trainer } from './ports.ts';
import { isTrainerReply, type TrainerReply, type TrainerSetting } from './trainer-messages.ts';

export type TrainerOptions = TrainerSetting & {
  /** Process to fork; the tests' own for what a real one never does. Default: the trainer process. */
  readonly program?: URL;
};

type Running = {
  readonly resolve: (result: RoundResult) => void;
  readonly reject: (error: ComputeError) => void;
  readonly onProgress: (progress: RoundProgress) => void;
};

/** A trainer for one project. Starts no process before the first round. */
export function startTrainer(options: TrainerOptions): Trainer {
  return new TrainerClient(options);
}

const errorOf = ({ code, message }: Failure): ComputeError =>
  code === 'ERR_COMPUTE_BACKEND'
    ? new ComputeError(code, message)
    : new ComputeError('ERR_COMPUTE_FAILED', `${code}: ${message}`);

class TrainerClient implements Trainer {
  readonly #options: TrainerOptions;
  #child: ChildProcess | null = null;
  /** Set once a process has opened its backend: TensorFlow starts on this machine. */
  #opened = false;
  /** TensorFlow's library ended a process while it loaded (an older processor, say): train with wasm. */
  #fallback = false;
  #running: Running | null = null;
  #closed = false;

  constructor(options: TrainerOptions) {
    this.#options = options;
  }

  run(request: RoundRequest, onProgress: (progress: RoundProgress) => void): Promise<RoundResult> {
    if (this.#closed) {
      return Promise.reject(
        new ComputeError('ERR_COMPUTE_CLOSED', 'a round after close: start another trainer'),
      );
    }
    if (this.#running) {
      const hint = 'a round is running and there is one at a time: wait for its result';
      return Promise.reject(new ComputeError('ERR_COMPUTE_BUSY', hint));
    }
    return new Promise((resolve, reject) => {
      this.#running = { resolve, reject, onProgress };
      const { journal, featureHash } = this.#options;
      const backend = this.#fallback ? 'wasm' : this.#options.backend;
      this.#child ??= this.#fork();
      this.#child.send({ type: 'round', setting: { backend, journal, featureHash }, request });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#end((running) =>
      running.reject(new ComputeError('ERR_COMPUTE_CLOSED', 'the trainer was closed during the round')),
    );
    await endChild(this.#child);
  }

  #fork(): ChildProcess {
    const child = fork(this.#options.program ?? new URL('./trainer-process.ts', import.meta.url), {
      serialization: 'advanced',
      execArgv: ['--disable-warning=DEP0051', '--disable-warning=ExperimentalWarning'],
    });
    child.on('message', (message: unknown) => {
      if (isTrainerReply(message)) this.#take(message);
    });
    child.on('error', (cause) => this.#died(child, cause.message));
    child.once('exit', (code, signal) => this.#died(child, signal ?? `exit code ${code}`));
    return child;
  }

  #take(reply: TrainerReply): void {
    switch (reply.type) {
      case 'opened':
        this.#opened = true;
        break;
      case 'progress':
        this.#running?.onProgress(reply.progress);
        break;
      case 'result':
        this.#end((running) => running.resolve(reply.result));
        break;
      case 'failed':
        this.#end((running) => running.reject(errorOf(reply.failure)));
        break;
    }
  }

  #died(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#fallback ||= !this.#opened && !this.#closed;
    const message = `the trainer process ended (${how}); serving is untouched, the next round starts another`;
    this.#end((running) => running.reject(new ComputeError('ERR_COMPUTE_DIED', message)));
  }

  #end(settle: (running: Running) => void): void {
    const running = this.#running;
    this.#running = null;
    if (running) settle(running);
  }
}
