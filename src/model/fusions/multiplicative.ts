/**
 * Fusions in which sound changes what the picture says, then one linear layer over classes: `film`, sound gives scale and
 * shift (Perez et al., 2018), and `gated`, sound gives a gate (Kiela et al., 2018).
 *
 * Source: `FiLM` and `GatedFusion` of the PMR authors' models, with the first modality (sound; gray) in the same role. Ours
 * begin where both halves speak (ADR 0056): a scale of one, and a value of one where there is no picture.
 */
import * as tf from '@tensorflow/tfjs';

import type { Modality } from '../../../proto/messages.ts';
import type { PerModality } from '../evidence.ts';
import {
  added,
  evenSplit,
  type FusionForm,
  type HeadTensors,
  type HeadWeight,
  layer,
  rowProducts,
  type ServedWeights,
  weightOf,
} from './form.ts';

const OUT = 'head/kernel';
const BIAS = 'head/bias';

const shared = (name: string, width: number, from: 'zeros' | 'ones'): readonly HeadWeight[] => [
  { name, shape: [width, width], byClass: false, fresh: 'linear' },
  { name: `${name}-bias`, shape: [width], byClass: false, fresh: from },
];
const out = (width: number): readonly HeadWeight[] => [
  { name: OUT, shape: [width], byClass: true, fresh: 'small' },
  { name: BIAS, shape: [], byClass: true, fresh: 'zeros' },
];

/** `z M + c`, and `c` [1, D] alone: what the layer gives of nothing. */
type Made = { readonly of: tf.Tensor; readonly nothing: tf.Tensor };
function made(z: tf.Tensor2D, weights: HeadTensors, name: string): Made {
  const bias = weights(`${name}-bias`);
  return { of: tf.matMul(z, weights(name)).add(bias), nothing: bias.reshape([1, bias.size]) };
}

const answered = (mixed: tf.Tensor, weights: HeadTensors): tf.Tensor2D =>
  tf.matMul<tf.Tensor2D>(mixed, weights(OUT)).add(weights(BIAS));

const served = (head: ServedWeights, mixed: readonly number[]): number[] =>
  added(rowProducts(head, OUT, mixed), weightOf(head, BIAS));

const product = (a: readonly number[], b: ArrayLike<number>): number[] => a.map((value, i) => value * b[i]!);

/** Zeros as long as `z`: a modality that says nothing. */
const nothingLike = (z: ArrayLike<number>): Float32Array => new Float32Array(z.length);

/** `fused` with the other representation at zero. */
function halfBy(fused: (head: ServedWeights, z: PerModality<ArrayLike<number>>) => number[]) {
  return (head: ServedWeights, side: Modality, z: ArrayLike<number>): number[] =>
    fused(head, side === 'audio' ? { audio: z, video: nothingLike(z) } : { audio: nothingLike(z), video: z });
}

/** Parts of logits that are no sum. */
function partsBy(fused: (head: ServedWeights, z: PerModality<ArrayLike<number>>) => number[]) {
  const half = halfBy(fused);
  return (head: ServedWeights, z: PerModality<ArrayLike<number>>) =>
    evenSplit({
      both: fused(head, z),
      audio: half(head, 'audio', z.audio),
      video: half(head, 'video', z.video),
      none: half(head, 'audio', nothingLike(z.audio)),
    });
}

const SCALE = 'head/scale';
const SHIFT = 'head/shift';

function filmed(head: ServedWeights, { audio, video }: PerModality<ArrayLike<number>>): number[] {
  return served(head, added(product(layer(head, SCALE, audio), video), layer(head, SHIFT, audio)));
}

/** `W (s(z_a) * z_v + t(z_a)) + b`. Halves: `W t(z_a) + b`, and `W (s(0) * z_v + t(0)) + b`. */
export const film: FusionForm = {
  name: 'film',
  weights: (width) => [...shared(SCALE, width, 'ones'), ...shared(SHIFT, width, 'zeros'), ...out(width)],
  trace: (z, weights) => {
    const [scale, shift] = [made(z.audio, weights, SCALE), made(z.audio, weights, SHIFT)];
    return {
      fused: answered(scale.of.mul(z.video).add(shift.of), weights),
      audio: answered(shift.of, weights),
      video: answered(z.video.mul(scale.nothing).add(shift.nothing), weights),
    };
  },
  parts: partsBy(filmed),
  half: halfBy(filmed),
};

const GATE = 'head/gate';
const VALUE = 'head/value';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function gatedLogits(head: ServedWeights, { audio, video }: PerModality<ArrayLike<number>>): number[] {
  return served(head, product(layer(head, GATE, audio).map(sigmoid), layer(head, VALUE, video)));
}

/** `W (sigmoid(g(z_a)) * u(z_v)) + b`. Halves: `W (sigmoid(g(z_a)) * u(0)) + b`, and `W (sigmoid(g(0)) * u(z_v)) + b`. */
export const gated: FusionForm = {
  name: 'gated',
  weights: (width) => [...shared(GATE, width, 'zeros'), ...shared(VALUE, width, 'ones'), ...out(width)],
  trace: (z, weights) => {
    const [gate, value] = [made(z.audio, weights, GATE), made(z.video, weights, VALUE)];
    const open = gate.of.sigmoid();
    return {
      fused: answered(open.mul(value.of), weights),
      audio: answered(open.mul(value.nothing), weights),
      video: answered(value.of.mul(gate.nothing.sigmoid()), weights),
    };
  },
  parts: partsBy(gatedLogits),
  half: halfBy(gatedLogits),
};
