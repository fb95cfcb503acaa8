/**
 * The gateway's handle on the inference process: forks it, speaks with it, and starts it again when it dies.
 *
 * A window that was open when the process died is lost, since live media has gone on; a lesson, a rebuild or a swap is asked for
 * once more, because somebody waits for it to be acknowledged and each can be repeated without harm.
 *
 * Backpressure: at most `maxPending` calls are open; one more is refused with ERR_COMPUTE_BUSY. Calls made while the
 * process starts again wait for it.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { Duplex } from 'node:stream';

import type { RawSample, Sample } from '../../src/journal.ts';
import type { Pair } from '../../src/media.ts';
import type { Suspicion } from '../../src/model/suspicion.ts';
import type { ComputeErrorCode } from '../errors.ts';
import { ComputeError } from '../errors.ts';
import type { BackendChoice } from './backend.ts';
import { CommandWriter } from './command-pipe.ts';
import { endChild } from './end-child.ts';
import type { Command, Failure, OpenRequest, Reply, Result } from './inference-messages.ts';
import { COMMAND_PIPE, isReply } from './inference-messages.ts';
import { pairOf, withoutPictures, withoutSound } from './keep-embedding.ts';
import type { Answer, BackendReport, ComputeStats, Inference, Learned } from './ports.ts';

/** What happened to the process, for the log. */
export type InferenceEvent =
  | { readonly type: 'inference-started'; readonly report: BackendReport; readonly pid: number }
  | { readonly type: 'inference-died'; readonly reason: string; readonly retryInMs: number };

export type InferenceOptions = {
  readonly backend: BackendChoice;
  /** The project's journal file, made before by the store. */
  readonly journal: string;
  readonly featureHash: string;
  /** The champion to begin with: its checkpoint folder and its version. */
  readonly folder: string;
  readonly version: number;
  /** Plugged-in backbones; default: none. */
  readonly backbones?: OpenRequest['backbones'];
  /** Bound on open calls; default 256. */
  readonly maxPending?: number;
  /** The module that is forked; default our own. For tests. */
  readonly entry?: URL;
  readonly onEvent?: (event: InferenceEvent) => void;
};

const DEFAULT_MAX_PENDING = 256;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
const ENTRY = new URL('./inference-process.ts', import.meta.url);
const STEADY_ANSWERS = 100; // a process that answered this often was no failed start: the back-off begins anew
const FALLBACK_REMEDY = 'npm run doctor says what is wrong with TensorFlow here';

type Call = {
  readonly command: Command;
  /** Processes that died with it open. */
  deaths: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: ComputeError) => void;
};

const CODES: readonly ComputeErrorCode[] = ['ERR_COMPUTE_BACKEND', 'ERR_COMPUTE_TRACE', 'ERR_COMPUTE_LABEL'];

const REPEATED: ReadonlySet<Command['type']> = new Set(['embed', 'learn', 'rebuild', 'swap']);

/** An error of the process; codes of other areas stay readable in the message. */
function errorOf({ code, message }: Failure): ComputeError {
  const own = CODES.find((known) => known === code);
  return own ? new ComputeError(own, message) : new ComputeError('ERR_COMPUTE_FAILED', `${code}: ${message}`);
}

/**
 * Starts the process and resolves when it serves.
 *
 * @throws {ComputeError} ERR_COMPUTE_FAILED or ERR_COMPUTE_BACKEND when it cannot (a damaged checkpoint, say).
 */
export async function startInference(options: InferenceOptions): Promise<Inference> {
  const client = new InferenceClient(options);
  await client.started;
  return client;
}

class InferenceClient implements Inference {
  /** Settled by the first start. */
  readonly started: Promise<void>;
  readonly #options: InferenceOptions;
  readonly #calls = new Map<number, Call>();
  #champion: { readonly folder: string; readonly version: number };
  /** Why wasm was taken after TensorFlow had ended the first process. */
  #fallback = '';
  #report: BackendReport | null = null;
  #child: ChildProcess | null = null;
  #commands: CommandWriter | null = null;
  #ready = false;
  #closed = false;
  #lastId = 0;
  #retryMs = FIRST_RETRY_MS;
  #answered = 0;
  #first: Pick<Call, 'reject'> & { readonly resolve: () => void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };
  #retry: NodeJS.Timeout | null = null;

  constructor(options: InferenceOptions) {
    this.#options = options;
    this.#champion = { folder: options.folder, version: options.version };
    this.started = new Promise((resolve, reject) => {
      this.#first = { resolve, reject };
    });
    this.#start();
  }

  get report(): BackendReport {
    if (!this.#report)
      throw new ComputeError('ERR_COMPUTE_FAILED', 'the process has not started: await started');
    return this.#report;
  }

  async infer(pair: Pair): Promise<Answer> {
    const result = await this.#call({ type: 'infer', pair });
    return result.type === 'answer' ? result.answer : unexpected(result);
  }

  async keep({ pcm = null, ...sample }: RawSample): Promise<Sample> {
    const { audio = null, video = null } = this.#options.backbones ?? {};
    if (!audio && !video) return sample;
    const result = await this.#call({ type: 'embed', pair: pairOf(sample, pcm) });
    if (result.type !== 'embedded') return unexpected(result);
    const { embedding } = result;
    return {
      ...sample,
      ...(audio ? withoutSound(sample, embedding.audio) : {}),
      ...(video ? withoutPictures(sample, embedding.video) : {}),
    };
  }

  async learn(seq: number): Promise<Learned> {
    const result = await this.#call({ type: 'learn', seq });
    return result.type === 'learned' ? result.learned : unexpected(result);
  }

  async suspects(): Promise<readonly Suspicion[]> {
    const result = await this.#call({ type: 'suspects' });
    return result.type === 'suspects' ? result.suspects : unexpected(result);
  }

  async thumbnails(seqs: readonly number[]): Promise<readonly Uint8Array[]> {
    const result = await this.#call({ type: 'thumbnails', seqs });
    return result.type === 'thumbnails' ? result.thumbnails : unexpected(result);
  }

  async rebuild(): Promise<void> {
    await this.#call({ type: 'rebuild' });
  }

  async swap(folder: string, version: number): Promise<void> {
    await this.#call({ type: 'swap', folder, version });
  }

  async stats(): Promise<ComputeStats> {
    const result = await this.#call({ type: 'stats' });
    return result.type === 'stats' ? result.stats : unexpected(result);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    this.#rejectAll(
      new ComputeError('ERR_COMPUTE_CLOSED', 'the inference process was closed: start another'),
    );
    await endChild(this.#child);
  }

  #call(command: Command): Promise<Result> {
    if (this.#closed)
      return Promise.reject(new ComputeError('ERR_COMPUTE_CLOSED', 'a call after close: start another'));
    const { maxPending = DEFAULT_MAX_PENDING } = this.#options;
    if (this.#calls.size >= maxPending) {
      const hint = `${maxPending} calls are open already: wait for answers before asking more`;
      return Promise.reject(new ComputeError('ERR_COMPUTE_BUSY', hint));
    }
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#calls.set(id, { command, deaths: 0, resolve, reject });
      if (this.#ready) this.#commands?.send(id, command);
    });
  }

  #start(): void {
    const child = fork(this.#options.entry ?? ENTRY, {
      serialization: 'advanced',
      stdio: ['inherit', 'inherit', 'inherit', 'ipc', 'pipe'],
      execArgv: ['--disable-warning=DEP0051', '--disable-warning=ExperimentalWarning'],
    });
    this.#child = child;
    this.#commands = new CommandWriter(pipeTo(child));
    let refusal: ComputeError | null = null;
    child.on('message', (message: unknown) => {
      if (!isReply(message)) return;
      if (message.type === 'ready') this.#serve(child, message.report);
      else if (message.type === 'refused') refusal = errorOf(message.failure);
      else this.#settle(message);
    });
    child.on('error', (cause) => {
      refusal ??= new ComputeError('ERR_COMPUTE_FAILED', `the inference process: ${cause.message}`);
    });
    child.once('exit', (code, signal) => {
      this.#ended(signal ?? `exit code ${code}`, refusal);
    });
    child.send({
      type: 'open',
      backend: this.#fallback ? 'wasm' : this.#options.backend,
      journal: this.#options.journal,
      featureHash: this.#options.featureHash,
      ...this.#champion,
      ...(this.#options.backbones ? { backbones: this.#options.backbones } : {}),
    });
  }

  #ended(how: string, refusal: ComputeError | null): void {
    this.#ready = false;
    if (this.#closed) return;
    if (this.#report === null && (refusal || this.#fallback || this.#options.backend === 'wasm')) {
      this.#first.reject(refusal ?? died(how));
      return;
    }
    // A library that ends the process while it loads (an older processor, say) leaves no error to report.
    if (this.#report === null) this.#fallback = `TensorFlow ended its process (${how})`;
    const retryInMs = this.#retryMs;
    this.#retryMs = Math.min(LAST_RETRY_MS, 2 * retryInMs);
    this.#options.onEvent?.({ type: 'inference-died', reason: refusal?.message ?? how, retryInMs });
    this.#rejectLost(died(refusal?.message ?? how));
    this.#retry = setTimeout(() => this.#start(), retryInMs);
  }

  #serve(child: ChildProcess, report: BackendReport): void {
    const known = this.#fallback ? { ...report, reason: this.#fallback, remedy: FALLBACK_REMEDY } : report;
    this.#report = known;
    this.#ready = true;
    this.#answered = 0;
    this.#options.onEvent?.({ type: 'inference-started', report: known, pid: child.pid ?? 0 });
    for (const [id, { command }] of this.#calls) this.#commands?.send(id, command);
    this.#first.resolve();
  }

  #settle(reply: Extract<Reply, { id: number }>): void {
    const call = this.#calls.get(reply.id);
    if (!call) return;
    this.#calls.delete(reply.id);
    if (++this.#answered === STEADY_ANSWERS) this.#retryMs = FIRST_RETRY_MS;
    if (reply.type === 'failed') {
      call.reject(errorOf(reply.failure));
      return;
    }
    const { command } = call;
    if (command.type === 'swap') this.#champion = { folder: command.folder, version: command.version };
    call.resolve(reply.result);
  }

  /** All but what the next process can do as well; a call that two have died of goes too. */
  #rejectLost(error: ComputeError): void {
    for (const [id, call] of this.#calls) {
      call.deaths += 1;
      if (REPEATED.has(call.command.type) && call.deaths < 2) continue;
      this.#calls.delete(id);
      call.reject(error);
    }
  }

  #rejectAll(error: ComputeError): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { reject } of calls) reject(error);
  }
}

/** The way of the commands. Where it breaks the process has ended, which is told elsewhere. */
function pipeTo(child: ChildProcess): Duplex {
  const pipe = child.stdio[COMMAND_PIPE];
  if (!(pipe instanceof Duplex))
    throw new ComputeError('ERR_COMPUTE_FAILED', 'the inference process has no pipe: its fork failed');
  return pipe.on('error', () => undefined);
}

function died(how: string): ComputeError {
  const message = `the inference process ended (${how}) and is started again: ask again`;
  return new ComputeError('ERR_COMPUTE_DIED', message);
}

function unexpected(result: Result): never {
  throw new ComputeError('ERR_COMPUTE_FAILED', `the inference process answered with ${result.type}`);
}
