/** Rows of steps, rendered by other threads while this one trains. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import type { Material } from '../../src/pretraining/material.ts';
import { type RowArrays, type RowPlan, rowLengths } from '../../src/pretraining/rows.ts';
import type { RenderReply, RenderRequest, RenderTask } from './render-messages.ts';

const shared = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));

function arraysOf(lengths: ReturnType<typeof rowLengths>, make: (length: number) => Float32Array): RowArrays {
  return {
    x: make(lengths.x),
    kinds: make(lengths.kinds),
    measures: make(lengths.measures),
    known: make(lengths.known),
  };
}

const BUFFERS = 2;

export type FedRows = {
  /** Valid until the next call of `take`. */
  readonly rows: RowArrays;
  /** Time of all threads together, ms. */
  readonly rendering: number;
};

/** Owns its threads; `close` ends them. Steps are taken one after another. */
export class RowFeed {
  readonly #threads: readonly Worker[];
  readonly #buffers: readonly RowArrays[];
  /** Rows without shared memory, which TensorFlow does not take. */
  readonly #taken: RowArrays;
  #pending: { readonly step: number; readonly done: Promise<number> } | null = null;

  private constructor(threads: readonly Worker[], buffers: readonly RowArrays[], taken: RowArrays) {
    this.#threads = threads;
    this.#buffers = buffers;
    this.#taken = taken;
  }

  /** @param file the thread's entry, which calls `serveRows` with the same material. @param threads at least 1. */
  static open<Window>(material: Material<Window>, plan: RowPlan, file: URL, threads: number): RowFeed {
    const lengths = rowLengths(material, plan.batch);
    const buffers = Array.from({ length: BUFFERS }, () => arraysOf(lengths, shared));
    const workers = Array.from({ length: threads }, (_, thread) => {
      const workerData: RenderTask = { plan, thread, threads, buffers };
      return new Worker(file, { workerData });
    });
    return new RowFeed(
      workers,
      buffers,
      arraysOf(lengths, (length) => new Float32Array(length)),
    );
  }

  /** The rows of `step`; those of the next one are begun. @throws whatever a thread died of */
  async take(step: number): Promise<FedRows> {
    const rendering = await this.#written(step);
    const from = this.#buffers[step % BUFFERS];
    if (from)
      for (const name of ['x', 'kinds', 'measures', 'known'] as const) this.#taken[name].set(from[name]);
    this.#pending = { step: step + 1, done: this.#begin(step + 1) };
    this.#pending.done.catch(() => undefined); // told by the next `take`
    return { rows: this.#taken, rendering };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  /** Waits until the rows of `step` lie in their buffer: a thread answers one request at a time. */
  async #written(step: number): Promise<number> {
    const { step: begun, done } = this.#pending ?? {};
    const rendering = await done;
    return rendering !== undefined && begun === step ? rendering : this.#begin(step);
  }

  async #begin(step: number): Promise<number> {
    const request: RenderRequest = { step, buffer: step % BUFFERS };
    const replies = this.#threads.map(async (thread) => {
      const answer = once(thread, 'message'); // rejects when the thread dies of an error
      thread.postMessage(request);
      const [reply]: RenderReply[] = await answer;
      return reply?.took ?? 0;
    });
    return (await Promise.all(replies)).reduce((sum, took) => sum + took, 0);
  }
}
