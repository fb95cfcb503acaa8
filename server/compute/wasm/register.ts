/** Gives the wasm backend the two kernels without which it cannot train a plain convolution. */
import * as tf from '@tensorflow/tfjs';

import { convolutionOf, quad } from './convolution.ts';
import { filterGradient } from './filter-gradient.ts';
import { inputGradient } from './input-gradient.ts';

function tensor4d(value: tf.TensorInfo | undefined, name: string): tf.Tensor4D {
  const isRank4 = (t: unknown): t is tf.Tensor4D => t instanceof tf.Tensor && t.rank === 4;
  if (!isRank4(value)) throw new TypeError(`${name} must be a tensor of rank 4`);
  return value;
}

const kernels: Readonly<Record<string, tf.KernelFunc>> = {
  Conv2DBackpropFilter: ({ inputs, attrs = {} }) => {
    const x = tensor4d(inputs.x, 'x');
    const dy = tensor4d(inputs.dy, 'dy');
    return filterGradient(x, dy, convolutionOf(x.shape, quad(attrs.filterShape), attrs));
  },
  Conv2DBackpropInput: ({ inputs, attrs = {} }) => {
    const dy = tensor4d(inputs.dy, 'dy');
    const filter = tensor4d(inputs.filter, 'filter');
    return inputGradient(dy, filter, convolutionOf(quad(attrs.inputShape), filter.shape, attrs));
  },
};

/** Registers them for the backend `wasm`, over what may be there. Idempotent. */
export function registerTrainingKernels(): void {
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
  }
}
