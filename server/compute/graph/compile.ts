/** Graph mode: a traced function as a TensorFlow session, checked against its own eager run before it is trusted. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs';

import { ComputeError } from '../../errors.ts';
import type { Compiled } from '../compiled.ts';
import { encodeSavedModel } from './saved-model.ts';
import type { TensorFunction, Tensors } from './trace.ts';
import { trace } from './trace.ts';

/** What tfjs-node gives for a loaded SavedModel. */
export type Session = {
  predict(inputs: tf.NamedTensorMap): tf.Tensor | tf.Tensor[] | tf.NamedTensorMap;
  dispose(): void;
};
export type LoadSession = (folder: string) => Promise<Session>;

// Fused and separate kernels round differently (measured: at most 2e-7); a wrong graph is off by the whole value.
// Root mean squares, because one element whose gradient is almost 0 may change the sign of its Adam step.
const RELATIVE_TOLERANCE = 1e-3;
const ABSOLUTE_FLOOR = 1e-6;

function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum / Math.max(1, values.length));
}

/** Distance of two outputs relative to the size of the first; NaN where either is not finite. */
export function relativeError(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  if (expected.length !== actual.length) return Number.NaN;
  const difference = Float64Array.from({ length: expected.length }, (_, i) => expected[i]! - actual[i]!);
  return rootMeanSquare(difference) / (rootMeanSquare(expected) + ABSOLUTE_FLOOR);
}

function checkOutputs(name: string, expected: Tensors, actual: Tensors): void {
  for (const [key, tensor] of Object.entries(expected)) {
    const other = actual[key];
    const error = other ? relativeError(tensor.dataSync(), other.dataSync()) : Number.NaN;
    if (!(error <= RELATIVE_TOLERANCE)) {
      const hint = `graph ${name}: output ${key} differs from the eager run by ${error} (relative, at most ${RELATIVE_TOLERANCE})`;
      throw new ComputeError('ERR_COMPUTE_TRACE', hint);
    }
  }
}

async function load(bytes: Uint8Array, loadSession: LoadSession): Promise<Session> {
  const folder = await mkdtemp(join(tmpdir(), 'counterpoise-graph-')); // TensorFlow reads only from a folder
  try {
    await writeFile(join(folder, 'saved_model.pb'), bytes);
    return await loadSession(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function predict(session: Session, inputs: Tensors): Record<string, tf.Tensor> {
  const outputs = session.predict({ ...inputs });
  if (outputs instanceof tf.Tensor || Array.isArray(outputs))
    throw new ComputeError('ERR_COMPUTE_TRACE', 'the session gave outputs without names');
  return outputs;
}

/**
 * Traces `fn` on `examples`, loads the graph, and compares its first run with the recorded one. Examples should
 * hold numbers as they occur: zeros would hide a wrong graph.
 *
 * @throws {ComputeError} ERR_COMPUTE_TRACE when `fn` cannot be traced or the graph gives other numbers.
 */
export async function compileGraph(
  name: string,
  fn: TensorFunction,
  examples: Tensors,
  loadSession: LoadSession,
): Promise<Compiled> {
  const recorded = trace(fn, examples);
  try {
    const session = await load(encodeSavedModel(recorded.graph), loadSession);
    try {
      const first = predict(session, examples);
      try {
        checkOutputs(name, recorded.outputs, first);
      } finally {
        tf.dispose(first);
      }
    } catch (cause) {
      session.dispose();
      throw cause;
    }
    let open = true;
    const dispose = (): void => {
      if (open) session.dispose();
      open = false;
    };
    return { mode: 'graph', run: (inputs) => predict(session, inputs), dispose };
  } finally {
    tf.dispose(recorded.outputs);
  }
}
