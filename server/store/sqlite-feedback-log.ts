/**
 * The embedded feedback log: a SQLite file, written by one thread of its own with group commit.
 *
 * Backpressure: appends wait in the thread's queue, at most 256 of them and 64 MiB of samples; one more is refused with
 * ERR_STORE_QUEUE and nothing of it is kept. The file is bounded too (8 GiB): a full store refuses, it never deletes by itself.
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';

import type { Clock } from '../../src/clock.ts';
import type { JournalEntry, JournalEvent, Sample } from '../../src/journal.ts';
import { StoreError } from '../errors.ts';
import type { Appended, Change, FeedbackLog, Forgotten, StoreStats } from './ports.ts';
import { buffersOf, packSample, sizeOf } from './sample-blobs.ts';
import { storeErrorOf } from './sqlite.ts';
import {
  OPENING,
  type WriterOptions,
  type WriterReply,
  type WriterRequest,
  type WriterResult,
} from './writer-messages.ts';

export type FeedbackLogOptions = {
  /** The journal file; its folder is made if need be. */
  readonly path: string;
  /** Hash of the feature specification; a file made with another one is refused. */
  readonly featureHash: string;
  /** Stamps the entries; only for records, nothing is computed from it. */
  readonly clock: Clock;
  /** Bound on the file, bytes; default 8 GiB, about 100 000 samples. */
  readonly maxBytes?: number;
  /** Bound on appends that wait; default 256. */
  readonly maxWaiting?: number;
  /** Bound on the samples that wait, bytes; default 64 MiB. A single append may pass it when nothing else waits. */
  readonly maxWaitingBytes?: number;
};

const DEFAULT_MAX_BYTES = 8 * 2 ** 30;
const DEFAULT_MAX_WAITING = 256;
const DEFAULT_MAX_WAITING_BYTES = 64 * 2 ** 20;

/**
 * Opens or makes a project's journal. Whoever opens it closes it; one process at a time opens it, others take `openJournalReader`.
 * @throws {StoreError} ERR_STORE_FEATURES, ERR_STORE_SCHEMA, ERR_STORE_CORRUPT, ERR_STORE_IO
 */
export async function openFeedbackLog(options: FeedbackLogOptions): Promise<FeedbackLog> {
  await mkdir(dirname(options.path), { recursive: true }).catch((error: unknown) => {
    throw storeErrorOf(`making the folder of ${options.path}`, error);
  });
  const log = new SqliteFeedbackLog(options);
  await log.opened;
  return log;
}

type Pending = {
  readonly resolve: (result: WriterResult) => void;
  readonly reject: (error: StoreError) => void;
};

/** A request without its number. */
type Numberless<R> = R extends WriterRequest ? Omit<R, 'request'> : never;

class SqliteFeedbackLog implements FeedbackLog {
  readonly opened: Promise<unknown>;
  readonly #options: FeedbackLogOptions;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  #lastRequest = OPENING;
  #waiting = 0;
  #waitingBytes = 0;
  /** Why nothing can be asked any more; null while open. */
  #ended: StoreError | null = null;

  constructor(options: FeedbackLogOptions) {
    this.#options = options;
    const { path, featureHash, maxBytes = DEFAULT_MAX_BYTES } = options;
    const workerData: WriterOptions = { path, featureHash, maxBytes };
    this.#worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData });
    this.opened = new Promise((resolve, reject) => this.#pending.set(OPENING, { resolve, reject }));
    this.#worker.on('message', (reply: WriterReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(storeErrorOf('the writer thread', error)));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end(new StoreError('ERR_STORE_IO', 'the writer thread ended: restart the program'));
        resolve();
      });
    });
  }

  async append(event: JournalEvent, samples: readonly Sample[] = []): Promise<Appended> {
    refuseForeign(event, samples);
    const packed = samples.map(packSample);
    const bytes = packed.reduce((sum, sample) => sum + sizeOf(sample), 0);
    this.#admit(bytes);
    this.#waiting += 1;
    this.#waitingBytes += bytes;
    try {
      const append = { at: this.#options.clock.wall(), event, samples: packed };
      return appendedOf(await this.#ask({ type: 'append', append }, buffersOf(packed)));
    } finally {
      this.#waiting -= 1;
      this.#waitingBytes -= bytes;
    }
  }

  async entries(after = 0): Promise<readonly JournalEntry[]> {
    const result = await this.#ask({ type: 'entries', after });
    return result.type === 'entries' ? result.entries : outOfStep(result);
  }

  async stats(): Promise<StoreStats> {
    const result = await this.#ask({ type: 'stats' });
    if (result.type !== 'stats') return outOfStep(result);
    return { bytes: result.bytes, labels: result.labels, path: this.#options.path };
  }

  async change(change: Change, from: number): Promise<Appended> {
    return appendedOf(await this.#ask({ type: 'change', change, from, at: this.#options.clock.wall() }));
  }

  async forget(id: string, what: Forgotten): Promise<Appended> {
    return appendedOf(await this.#ask({ type: 'forget', id, what, at: this.#options.clock.wall() }));
  }

  async close(): Promise<void> {
    if (!this.#ended) {
      this.#ended = new StoreError(
        'ERR_STORE_CLOSED',
        'the feedback log was closed: open it again to use it',
      );
      this.#worker.postMessage({ type: 'close', request: ++this.#lastRequest });
    }
    await this.#exited;
  }

  #admit(bytes: number): void {
    const { maxWaiting = DEFAULT_MAX_WAITING, maxWaitingBytes = DEFAULT_MAX_WAITING_BYTES } = this.#options;
    const fits = this.#waiting < maxWaiting && this.#waitingBytes + bytes <= maxWaitingBytes;
    if (fits || this.#waiting === 0) return;
    const seen = `${this.#waiting} appends with ${this.#waitingBytes} bytes of samples wait for the disk`;
    const limit = `at most ${maxWaiting} and ${maxWaitingBytes} bytes may`;
    throw new StoreError('ERR_STORE_QUEUE', `${seen}, ${limit}: nothing was stored, send it again later`);
  }

  #ask(request: Numberless<WriterRequest>, transfer: ArrayBuffer[] = []): Promise<WriterResult> {
    if (this.#ended) return Promise.reject(this.#ended);
    const number = ++this.#lastRequest;
    return new Promise((resolve, reject) => {
      this.#pending.set(number, { resolve, reject });
      this.#worker.postMessage({ ...request, request: number }, transfer);
    });
  }

  #settle(reply: WriterReply): void {
    const pending = this.#pending.get(reply.request);
    this.#pending.delete(reply.request);
    if (reply.type === 'done') pending?.resolve(reply.result);
    else pending?.reject(new StoreError(reply.code, reply.message));
  }

  /** Nothing that was not answered was acknowledged: whoever waits is told so. */
  #end(reason: StoreError): void {
    this.#ended ??= reason;
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }
}

/** @throws {StoreError} ERR_STORE_EVENT for what may not be appended. */
export function refuseForeign(event: JournalEvent, samples: readonly Sample[]): void {
  if (event.type === 'forget' || event.type === 'forget-span' || event.type === 'erased') {
    const seen = `saw an event of type ${event.type} in append`;
    throw new StoreError('ERR_STORE_EVENT', `${seen}: data is deleted through forget(), which writes it`);
  }
  if (event.type !== 'label' && samples.length > 0) {
    const seen = `saw ${samples.length} samples with an event of type ${event.type}`;
    throw new StoreError('ERR_STORE_EVENT', `${seen}: only a label has samples`);
  }
}

function appendedOf(result: WriterResult): Appended {
  return result.type === 'appended' ? result.appended : outOfStep(result);
}

function outOfStep(result: WriterResult): never {
  throw new StoreError('ERR_STORE_IO', `the writer thread answered ${result.type}: restart the program`);
}
