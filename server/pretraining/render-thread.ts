/** The body of a thread that renders: which material it renders is its own file's business (`video-thread.ts`, `audio-thread.ts`). */
import { parentPort, workerData } from 'node:worker_threads';

import type { Material } from '../../src/pretraining/material.ts';
import { RowRenderer } from '../../src/pretraining/rows.ts';
import type { RenderReply, RenderRequest, RenderTask } from './render-messages.ts';

/** Answers each request when the thread's rows of that step are written. */
export function serveRows<Window>(material: Material<Window>): void {
  const { plan, thread, threads, buffers }: RenderTask = workerData;
  const renderer = new RowRenderer(material, plan);
  parentPort?.on('message', ({ step, buffer }: RenderRequest) => {
    const began = performance.now();
    const out = buffers[buffer];
    if (!out) throw new RangeError(`no buffer ${buffer}, expected one of ${buffers.length}`);
    renderer.write(step, out, (thing) => thing % threads === thread);
    const reply: RenderReply = { step, took: performance.now() - began };
    parentPort?.postMessage(reply);
  });
}
