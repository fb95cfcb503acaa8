/**
 * The two encoders: plain 3x3 convolutions, each followed by one-group normalization and ReLU, then a global
 * average and a dense layer to the representation.
 *
 * Shapes: B batch, H height, W width, C channels; NHWC, SAME padding, float32.
 * Everything here runs eagerly on the tensorflow, wasm and cpu backends and can be traced into a graph: shapes are
 * static, nothing is read back, nothing is drawn, and no op is used whose gradient wasm lacks.
 */
import * as tf from '@tensorflow/tfjs';

import type { Modality } from '../../proto/messages.ts';
import { ShapeError } from '../errors.ts';
import type { Random } from '../random.ts';
import { type AdapterSpec, adapt, adapterOf, adapterShapes, adapterValues } from './adapter.ts';

/** One convolution: how many channels it gives, and its stride in both directions. */
export type ConvSpec = { readonly channels: number; readonly stride: 1 | 2 };

export type EncoderSpec = {
  readonly modality: Modality;
  /** [H, W, C] of one window. */
  readonly input: readonly [number, number, number];
  readonly convs: readonly ConvSpec[];
  /** Width D of the representation. */
  readonly width: number;
};

/** What makes a side's representation: an encoder of ours, or an adapter behind a plugged-in backbone. */
export type SideSpec = EncoderSpec | AdapterSpec;

/** Weights as plain data, in the order that `encode` takes them. */
export type NamedArray = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
};

/** Width of both representations. */
export const REPRESENTATION_WIDTH = 96;

const strided = (...channels: readonly number[]): readonly ConvSpec[] =>
  channels.map((count) => ({ channels: count, stride: 2 }));

/** Log-mel planes [96 columns, 64 bands, 2]; 437 thousand weights. */
export const audioEncoder: EncoderSpec = {
  modality: 'audio',
  input: [96, 64, 2],
  convs: [...strided(24, 48, 96, 160), { channels: 160, stride: 1 }],
  width: REPRESENTATION_WIDTH,
};

/** Newest picture and three luma differences [96, 96, 6]; 487 thousand weights. */
export const videoEncoder: EncoderSpec = {
  modality: 'video',
  input: [96, 96, 6],
  convs: strided(24, 48, 96, 160, 192),
  width: REPRESENTATION_WIDTH,
};

/** The two that learn side by side; both representations are equally wide. */
export type EncoderPair = Readonly<Record<Modality, SideSpec>>;

/** The product's, without a backbone. */
export const PRODUCT_ENCODERS: Readonly<Record<Modality, EncoderSpec>> = {
  audio: audioEncoder,
  video: videoEncoder,
};

/** What the sides of stored weights are: adapters where they hold such, the product's encoders otherwise. */
export const encodersOf = (weights: readonly NamedArray[]): EncoderPair => ({
  audio: adapterOf('audio', weights) ?? audioEncoder,
  video: adapterOf('video', weights) ?? videoEncoder,
});

const isAdapter = (spec: SideSpec): spec is AdapterSpec => 'hidden' in spec;

/** Numbers in one window's input. */
export const inputSize = ({ input }: SideSpec): number => sizeOf(input);

const KERNEL = 3;
// Keeps the normalization of a constant plane (silence, darkness) finite; small against activations of order 1.
const NORM_EPSILON = 1e-5;

type WeightShape = { readonly name: string; readonly shape: readonly number[] };

/**
 * Names and shapes of the weights, in order: kernel [3, 3, in, out], scale [out], shift [out] of each convolution, then the dense
 * kernel [in, D] and bias [D]; those of an adapter as `adapterShapes` has them.
 */
export function weightShapes(spec: SideSpec): readonly WeightShape[] {
  if (isAdapter(spec)) return adapterShapes(spec);
  let inputs = spec.input[2];
  const shapes: WeightShape[] = [];
  spec.convs.forEach(({ channels }, i) => {
    const layer = `${spec.modality}/conv${i + 1}`;
    shapes.push({ name: `${layer}/kernel`, shape: [KERNEL, KERNEL, inputs, channels] });
    shapes.push({ name: `${layer}/scale`, shape: [channels] });
    shapes.push({ name: `${layer}/shift`, shape: [channels] });
    inputs = channels;
  });
  shapes.push({ name: `${spec.modality}/dense/kernel`, shape: [inputs, spec.width] });
  shapes.push({ name: `${spec.modality}/dense/bias`, shape: [spec.width] });
  return shapes;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Number of trainable weights of one encoder. */
export function parameterCount(spec: SideSpec): number {
  return weightShapes(spec).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Trainable weights of both encoders together: 924,768. */
export const TOTAL_PARAMETERS = parameterCount(audioEncoder) + parameterCount(videoEncoder);

function initialValues({ name, shape }: WeightShape, source: Random): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if (name.endsWith('/scale')) return values.fill(1);
  if (!name.endsWith('/kernel')) return values;
  const fanIn = sizeOf(shape.slice(0, -1));
  // He et al. (2015): variance 2 / fan-in before a ReLU, 1 / fan-in before the linear output.
  const deviation = Math.sqrt((shape.length === 4 ? 2 : 1) / fanIn);
  for (let i = 0; i < values.length; i++) values[i] = deviation * source.normal();
  return values;
}

/** Fresh weights; the same `random` gives the same values. Each array is drawn from its own named stream, so a change of one layer leaves the others alone. */
export function initWeights(spec: SideSpec, random: Random): NamedArray[] {
  const valuesOf = isAdapter(spec) ? adapterValues : initialValues;
  return weightShapes(spec).map((shape) => ({ ...shape, values: valuesOf(shape, random.fork(shape.name)) }));
}

/**
 * `(x - mean) / sqrt(var + eps) * scale + shift`, mean and variance over [H, W, C] of each window (one group).
 * The two means are products with a constant column: their gradients are products again, where the gradient of
 * `tf.mean` would put an activation-size array of ones into a traced graph.
 */
function normalize(x: tf.Tensor4D, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const count = height * width * channels;
  const share = tf.fill([count, 1], 1 / count);
  const mean = tf.matMul(x.reshape([batch, count]), share).reshape([batch, 1, 1, 1]);
  const centred = x.sub<tf.Tensor4D>(mean);
  const variance = tf.matMul(centred.square().reshape([batch, count]), share).reshape([batch, 1, 1, 1]);
  const gain = variance.add(NORM_EPSILON).rsqrt().mul(scale); // [B, 1, 1, C]: deviation and scale in one product
  return centred.mul(gain).add(shift);
}

function weightAt(weights: readonly tf.Tensor[], i: number): tf.Tensor {
  const weight = weights[i];
  if (!weight)
    throw new ShapeError('ERR_SHAPE', `weight ${i} is missing: pass all of weightShapes(spec), in order`);
  return weight;
}

function checkInput(spec: SideSpec, x: tf.Tensor, count: number): void {
  const expected = weightShapes(spec).length;
  if (count !== expected) {
    throw new ShapeError('ERR_SHAPE', `${count} weights given, the ${spec.modality} encoder has ${expected}`);
  }
  if (x.shape.slice(1).join() !== spec.input.join()) {
    const hint = `input is [${x.shape.join()}], the ${spec.modality} encoder takes [B,${spec.input.join()}]`;
    throw new ShapeError('ERR_SHAPE', hint);
  }
}

/**
 * Representations [B, D] of normalized windows `x` [B, H, W, C], or of normalized embeddings [B, E] for an adapter. Differentiable in
 * `x` and in every weight. Borrows its arguments; the caller owns the result.
 *
 * @throws {ShapeError} ERR_SHAPE if `x` or the number of weights is not the encoder's.
 */
export function encode(spec: SideSpec, x: tf.Tensor, weights: readonly tf.Tensor[]): tf.Tensor2D {
  checkInput(spec, x, weights.length);
  if (isAdapter(spec))
    return adapt(x.as2D(x.shape[0] ?? 0, ...spec.input), [weightAt(weights, 0), ...weights.slice(1)]);
  return tf.tidy((): tf.Tensor2D => {
    let hidden = x.as4D(x.shape[0] ?? 0, ...spec.input);
    spec.convs.forEach(({ stride }, i) => {
      const kernel = weightAt(weights, 3 * i).as4D(...kernelShape(spec, i));
      const convolved = tf.conv2d(hidden, kernel, stride, 'same');
      hidden = normalize(convolved, weightAt(weights, 3 * i + 1), weightAt(weights, 3 * i + 2)).relu();
    });
    const pooled = hidden.mean<tf.Tensor2D>([1, 2]); // [B, C]
    const kernel = weightAt(weights, weights.length - 2);
    return tf.matMul(pooled, kernel).add(weightAt(weights, weights.length - 1));
  });
}

function kernelShape(spec: EncoderSpec, i: number): [number, number, number, number] {
  const inputs = spec.convs[i - 1]?.channels ?? spec.input[2];
  return [KERNEL, KERNEL, inputs, spec.convs[i]?.channels ?? 0];
}
