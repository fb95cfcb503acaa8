/** What goes between a pretraining run and the threads that render for it. The rows themselves lie in shared memory. */
import type { RowArrays, RowPlan } from '../../src/pretraining/rows.ts';

/** What a thread is started with. */
export type RenderTask = {
  readonly plan: RowPlan;
  /** The thread renders the things whose number leaves `thread` when divided by `threads`. */
  readonly thread: number;
  readonly threads: number;
  /** Two sets of rows, over shared memory: one is read while the other is written. */
  readonly buffers: readonly RowArrays[];
};

export type RenderRequest = { readonly step: number; readonly buffer: number };
export type RenderReply = {
  readonly step: number;
  /** What it took, ms. */
  readonly took: number;
};
