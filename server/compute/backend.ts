/**
 * One way to run tensors, whichever library this machine has: TensorFlow as traced graphs, TensorFlow eagerly, or
 * WebAssembly with our training kernels. Used by the inference and the training process alike, each with its own.
 */

import * as tf from '@tensorflow/tfjs';

import type { BackendKind } from '../../proto/messages.ts';
import { ComputeError } from '../errors.ts';
import { readSetupPart } from '../setup-report.ts';
import type { Compiled, TensorFunction, Tensors } from './compiled.ts';
import { eager } from './compiled.ts';
import type { LoadSession } from './graph/compile.ts';
import { compileGraph } from './graph/compile.ts';
import { isTensorFlowBackend, registerStep } from './graph/tensorflow.ts';
import type { BackendReport } from './ports.ts';
import { registerTrainingKernels } from './wasm/register.ts';

export type { Compiled, TensorFunction, Tensors } from './compiled.ts';

export type BackendChoice = 'auto' | BackendKind;

export interface ComputeBackend {
  /** What runs and why. Turns from graph to eager when a graph fails its self-check. */
  readonly report: BackendReport;
  /**
   * Makes `fn` ready to run. In graph mode it is traced on `examples` (their shapes and types become fixed) and its
   * first run is compared with the eager one; where that fails it runs eagerly and the report says so.
   * `fn` must be pure: what it takes from outside its inputs, JavaScript numbers and randomness included, may be
   * frozen at its value of this moment.
   */
  compile(name: string, fn: TensorFunction, examples: Tensors): Promise<Compiled>;
  /** Tensors alive in this process. */
  tensors(): number;
}

type Native = { readonly load: LoadSession; readonly detail: string };

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const firstLine = (text: string): string => text.split('\n')[0] ?? text;

async function openTensorFlow(): Promise<Native> {
  const { default: library } = await import('@tensorflow/tfjs-node');
  await tf.setBackend('tensorflow');
  await tf.ready();
  const backend: unknown = tf.backend();
  if (!isTensorFlowBackend(backend))
    throw new ComputeError('ERR_COMPUTE_BACKEND', 'this tfjs-node is not 4.22.0');
  registerStep();
  return {
    load: (folder) => library.node.loadSavedModel(folder),
    detail: `TensorFlow ${backend.binding.TF_Version}`,
  };
}

async function openWasm(): Promise<void> {
  try {
    await import('@tensorflow/tfjs-backend-wasm');
    if (!(await tf.setBackend('wasm'))) throw new Error('it does not start');
    await tf.ready();
  } catch (cause) {
    const hint = `the WebAssembly backend cannot be used (${firstLine(messageOf(cause))}): npm run doctor says what is missing`;
    throw new ComputeError('ERR_COMPUTE_BACKEND', hint, { cause });
  }
  registerTrainingKernels();
}

class OpenBackend implements ComputeBackend {
  readonly #load: LoadSession | null;
  #report: BackendReport;

  constructor(report: BackendReport, load: LoadSession | null) {
    this.#report = report;
    this.#load = load;
  }

  get report(): BackendReport {
    return this.#report;
  }

  async compile(name: string, fn: TensorFunction, examples: Tensors): Promise<Compiled> {
    if (!this.#load || this.#report.backend !== 'graph') return eager(fn);
    try {
      return await compileGraph(name, fn, examples, this.#load);
    } catch (cause) {
      const reason = `graph ${name} was not used: ${firstLine(messageOf(cause))}`;
      this.#report = {
        backend: 'eager',
        reason,
        remedy: 'report this; COUNTERPOISE_BACKEND=eager skips the check',
      };
      return eager(fn);
    }
  }

  tensors(): number {
    return tf.memory().numTensors;
  }
}

/**
 * Opens the best backend there is, or the one asked for; where that cannot be had, the next one (graph, eager,
 * wasm), with the reason in the report. One backend a process: it becomes the one that `tf` uses.
 *
 * @throws {ComputeError} ERR_COMPUTE_BACKEND when not even WebAssembly starts.
 */
export async function openBackend(choice: BackendChoice): Promise<ComputeBackend> {
  if (choice === 'wasm') {
    await openWasm();
    return new OpenBackend({ backend: 'wasm', reason: 'wasm was asked for', remedy: '' }, null);
  }
  try {
    const native = await openTensorFlow();
    const asked = choice === 'auto' ? 'is installed' : `is installed, ${choice} was asked for`;
    const backend = choice === 'eager' ? 'eager' : 'graph';
    return new OpenBackend({ backend, reason: `${native.detail} ${asked}`, remedy: '' }, native.load);
  } catch (cause) {
    const setup = await readSetupPart('tfjsNode');
    await openWasm();
    const why = setup.detail || firstLine(messageOf(cause));
    const reason = `TensorFlow's library cannot be used (${why})`;
    return new OpenBackend(
      { backend: 'wasm', reason, remedy: setup.remedy || 'npm run doctor says what is missing' },
      null,
    );
  }
}
