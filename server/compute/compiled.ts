/** A function of tensors made ready to run many times, whichever way a backend does that. */
import * as tf from '@tensorflow/tfjs';

import type { TensorFunction, Tensors } from './graph/trace.ts';

export type { TensorFunction, Tensors } from './graph/trace.ts';

export interface Compiled {
  /** How it really runs: a graph whose self-check failed runs eagerly. */
  readonly mode: 'graph' | 'eager';
  /** Borrows `inputs`, which have the names, shapes and types of the examples; the caller owns every output. */
  run(inputs: Tensors): Record<string, tf.Tensor>;
  /** Idempotent. */
  dispose(): void;
}

/** Runs `fn` as it is, in a tidy. Each output is a tensor of its own, also where `fn` hands an input through. */
export function runEagerly(fn: TensorFunction, inputs: Tensors): Record<string, tf.Tensor> {
  return tf.tidy((): Record<string, tf.Tensor> => {
    const taken = new Set<tf.Tensor>(Object.values(inputs));
    const outputs: Record<string, tf.Tensor> = {};
    for (const [name, tensor] of Object.entries(fn(inputs))) {
      outputs[name] = taken.has(tensor) ? tensor.clone() : tensor;
      taken.add(tensor);
    }
    return outputs;
  });
}

/** The way of the eager and wasm backends. */
export function eager(fn: TensorFunction): Compiled {
  return { mode: 'eager', run: (inputs) => runEagerly(fn, inputs), dispose: () => undefined };
}
