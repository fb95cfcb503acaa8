/**
 * The adapter: a small dense network that makes a representation of what a plugged-in, frozen backbone gives.
 *
 * `z = P x + W relu(H x + h) + b`. `P` begins as a random projection, which keeps the ratios of distances up to about a tenth (Johnson
 * and Lindenstrauss, 1984), and `W` begins with zeros: before anything was trained the prototypes stand among the
 * backbone's own embeddings, and training bends that (ADR 0075).
 */
import * as tf from '@tensorflow/tfjs';

import type { Modality } from '../../proto/messages.ts';
import type { Random } from '../random.ts';

export type AdapterSpec = {
  readonly modality: Modality;
  /** [E], width of the backbone's embedding. */
  readonly input: readonly [number];
  /** Units of the hidden layer. */
  readonly hidden: number;
  /** Width D of the representation. */
  readonly width: number;
};

/** Units of the product's adapters: as wide as what they give. */
export const ADAPTER_UNITS = 96;

/** Suffix of the weight by which an adapter is known: [E, D]. */
export const PROJECTION = 'project/kernel';

type Shape = { readonly name: string; readonly shape: readonly number[] };

/** Names and shapes of the weights, in the order that `adapt` takes them: P [E, D], H [E, U], h [U], W [U, D], b [D]. */
export function adapterShapes({
  modality,
  input: [embedding],
  hidden,
  width,
}: AdapterSpec): readonly Shape[] {
  return [
    { name: `${modality}/${PROJECTION}`, shape: [embedding, width] },
    { name: `${modality}/hidden/kernel`, shape: [embedding, hidden] },
    { name: `${modality}/hidden/bias`, shape: [hidden] },
    { name: `${modality}/dense/kernel`, shape: [hidden, width] },
    { name: `${modality}/dense/bias`, shape: [width] },
  ];
}

/** The adapter that stored weights are of; null where the side's are an encoder's. */
export function adapterOf(
  modality: Modality,
  weights: readonly { readonly name: string; readonly shape: readonly number[] }[],
): AdapterSpec | null {
  const shapeOf = (name: string) => weights.find((weight) => weight.name === `${modality}/${name}`)?.shape;
  const [embedding, width] = shapeOf(PROJECTION) ?? [];
  const [hidden] = shapeOf('hidden/bias') ?? [];
  return embedding && width && hidden ? { modality, input: [embedding], hidden, width } : null;
}

/** Values to begin with for one weight of `adapterShapes`. */
export function adapterValues({ name, shape }: Shape, source: Random): Float32Array {
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  const [inputs = 1] = shape;
  // Variance 1 / fan-in before the linear output, 2 / fan-in before a ReLU (He et al., 2015).
  const variance = name.endsWith(PROJECTION) ? 1 : name.endsWith('hidden/kernel') ? 2 : 0;
  if (variance === 0) return values;
  for (let i = 0; i < values.length; i++) values[i] = Math.sqrt(variance / inputs) * source.normal();
  return values;
}

/** Representations [B, D] of embeddings `x` [B, E]. Differentiable, traceable; borrows its arguments, the caller owns the result. */
export function adapt(x: tf.Tensor2D, weights: readonly [tf.Tensor, ...tf.Tensor[]]): tf.Tensor2D {
  const [project, ...rest] = weights;
  const [hidden = project, bias = project, dense = project, shift = project] = rest;
  return tf.tidy((): tf.Tensor2D => {
    const bent = tf.matMul(tf.relu(tf.matMul(x, hidden).add(bias)), dense);
    return tf.matMul(x, project).add(bent).add(shift);
  });
}
