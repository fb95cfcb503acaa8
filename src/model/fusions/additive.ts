/**
 * Fusions that add: `concat`, one linear layer over both representations, and `sum`, a linear layer of each, added. They
 * can say the same; `sum` has a bias of its own for each modality, so each half is a whole classifier.
 *
 * Source: `ConcatFusion` and `SumFusion` of the PMR authors' models. Concatenating and splitting the rows of the kernel
 * is the same product, so both keep one kernel a modality.
 */
import * as tf from '@tensorflow/tfjs';

import type { Modality } from '../../../proto/messages.ts';
import type { PerModality } from '../evidence.ts';
import {
  added,
  type FusionForm,
  type HeadWeight,
  rowProducts,
  type ServedWeights,
  weightOf,
} from './form.ts';

const kernelOf = (side: Modality): string => `head/${side}`;
const biasOf = (side: Modality): string => `head/${side}-bias`;
const BIAS = 'head/bias';

const kernel = (side: Modality, width: number): HeadWeight => ({
  name: kernelOf(side),
  shape: [width],
  byClass: true,
  fresh: 'small',
});
const bias = (name: string): HeadWeight => ({ name, shape: [], byClass: true, fresh: 'zeros' });

const bothParts = (head: ServedWeights, z: PerModality<ArrayLike<number>>): PerModality<number[]> => ({
  audio: rowProducts(head, kernelOf('audio'), z.audio),
  video: rowProducts(head, kernelOf('video'), z.video),
});

/** `W_a z_a + W_v z_v + b`; a half has half of the bias, as in the authors' code. */
export const concat: FusionForm = {
  name: 'concat',
  weights: (width) => [kernel('audio', width), kernel('video', width), bias(BIAS)],
  trace: (z, weights) => {
    const audio = tf.matMul<tf.Tensor2D>(z.audio, weights(kernelOf('audio')));
    const video = tf.matMul<tf.Tensor2D>(z.video, weights(kernelOf('video')));
    const whole = weights(BIAS);
    const half = whole.mul(0.5);
    return { fused: audio.add(video).add(whole), audio: audio.add(half), video: video.add(half) };
  },
  parts: (head, z) => ({ ...bothParts(head, z), bias: [...weightOf(head, BIAS)] }),
  half: (head, side, z) =>
    added(
      rowProducts(head, kernelOf(side), z),
      weightOf(head, BIAS).map((value) => value / 2),
    ),
};

/** `(W_a z_a + b_a) + (W_v z_v + b_v)`; each term is a half. */
export const sum: FusionForm = {
  name: 'sum',
  weights: (width) => [
    kernel('audio', width),
    bias(biasOf('audio')),
    kernel('video', width),
    bias(biasOf('video')),
  ],
  trace: (z, weights) => {
    const half = (side: Modality): tf.Tensor2D =>
      tf.matMul<tf.Tensor2D>(z[side], weights(kernelOf(side))).add(weights(biasOf(side)));
    const [audio, video] = [half('audio'), half('video')];
    return { fused: audio.add(video), audio, video };
  },
  parts: (head, z) => ({
    ...bothParts(head, z),
    bias: added(weightOf(head, biasOf('audio')), weightOf(head, biasOf('video'))),
  }),
  half: (head, side, z) => added(rowProducts(head, kernelOf(side), z), weightOf(head, biasOf(side))),
};
