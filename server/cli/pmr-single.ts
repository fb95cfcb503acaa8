/** A reference case through the trainer's tensor losses, in single precision, with the gradients that tfjs finds. */
import * as tf from '@tensorflow/tfjs';

import { type Matrix, rowsOf } from '../../src/pmr/matrix.ts';
import { gradedPush, switchedPush } from '../../src/pmr/modulation.ts';
import type { Distance } from '../../src/pmr/scores.ts';
import {
  crossEntropyLoss,
  entropyLoss,
  type LossTerms,
  type PrototypeBatch,
  pceLoss,
  pmrLoss,
  prototypeDistances,
  prototypeLogits,
} from '../../src/pmr/tensors.ts';
import { type Json, type PmrCase, valueAt } from './pmr-case.ts';
import type { Prepared } from './pmr-double.ts';

type Tensors = {
  readonly zAudio: tf.Tensor2D;
  readonly zVideo: tf.Tensor2D;
  /** Everything of a `PrototypeBatch` but z and distance. */
  readonly audio: Omit<PrototypeBatch, 'z' | 'distance'>;
  readonly video: Omit<PrototypeBatch, 'z' | 'distance'>;
  readonly head: tf.Tensor2D; // [D_audio + D_video, K]
  readonly bias: tf.Tensor1D;
};

const tensorOf = (matrix: Matrix): tf.Tensor2D => tf.tensor2d(rowsOf(matrix), [matrix.rows, matrix.columns]);

function tensorsOf(data: PmrCase, prepared: Prepared): Tensors {
  const labels = tf.tensor2d(
    data.labels.map((label) => Array.from({ length: data.classes }, (_, k) => (k === label ? 1 : 0))),
  );
  const rest = {
    labels,
    mask: tf.ones([data.classes]).as1D(),
    weights: tf.ones([data.labels.length]).as1D(),
    tau: tf.scalar(1),
  };
  return {
    zAudio: tensorOf(data.zAudio),
    zVideo: tensorOf(data.zVideo),
    audio: { ...rest, centres: tensorOf(prepared.audio) },
    video: { ...rest, centres: tensorOf(prepared.video) },
    head: tensorOf(data.headWeight).transpose<tf.Tensor2D>(),
    bias: tf.tensor1d([...data.headBias]),
  };
}

function termsOf(t: Tensors, zAudio: tf.Tensor2D, zVideo: tf.Tensor2D, distance: Distance): LossTerms {
  const audio: PrototypeBatch = { ...t.audio, z: zAudio, distance };
  const video: PrototypeBatch = { ...t.video, z: zVideo, distance };
  const logits = tf.matMul(tf.concat([zAudio, zVideo], 1), t.head).add<tf.Tensor2D>(t.bias);
  return {
    fused: crossEntropyLoss(logits, t.audio),
    pceAudio: pceLoss(audio),
    pceVideo: pceLoss(video),
    entropyAudio: entropyLoss(audio),
    entropyVideo: entropyLoss(video),
  };
}

type Weights = { readonly alpha: number; readonly beta: number; readonly gamma: number; readonly mu: number };

function lossAndGradients(t: Tensors, weights: Weights, distance: Distance) {
  const total = (zAudio: tf.Tensor, zVideo: tf.Tensor): tf.Scalar =>
    pmrLoss(termsOf(t, zAudio.as2D(...t.zAudio.shape), zVideo.as2D(...t.zVideo.shape), distance), {
      alpha: tf.scalar(weights.alpha),
      beta: tf.scalar(weights.beta),
      gamma: tf.scalar(weights.gamma),
      mu: tf.scalar(weights.mu),
    });
  const { value, grads } = tf.valueAndGrads(total)([t.zAudio, t.zVideo]);
  const [audio, video] = grads;
  return { value: value.arraySync(), audio: audio?.arraySync(), video: video?.arraySync() };
}

function paperStep(t: Tensors, weights: Weights, distance: Distance): Json {
  const terms = termsOf(t, t.zAudio, t.zVideo, distance);
  const acceleration = lossAndGradients(t, { ...weights, mu: 0 }, distance);
  const final = lossAndGradients(t, weights, distance);
  const softmax = (side: Tensors['audio'], z: tf.Tensor2D) =>
    prototypeLogits({ ...side, z, distance }).softmax();
  return {
    distance_audio: prototypeDistances(t.zAudio, t.audio.centres, distance).arraySync(),
    distance_video: prototypeDistances(t.zVideo, t.video.centres, distance).arraySync(),
    softmax_audio: softmax(t.audio, t.zAudio).arraySync(),
    softmax_video: softmax(t.video, t.zVideo).arraySync(),
    pce_audio: terms.pceAudio.arraySync(),
    pce_video: terms.pceVideo.arraySync(),
    ce_fused: terms.fused.arraySync(),
    loss_acc: acceleration.value,
    loss_final: final.value,
    grad_acc_z_audio: acceleration.audio,
    grad_acc_z_video: acceleration.video,
    grad_final_z_audio: final.audio,
    grad_final_z_video: final.video,
  };
}

function officialStep(t: Tensors, alpha: number, rho: number): Json {
  const terms = termsOf(t, t.zAudio, t.zVideo, 'euclid');
  const push = switchedPush(rho, alpha);
  const weights = { alpha: 1, beta: push.audio, gamma: push.video, mu: 0 };
  const total = lossAndGradients(t, weights, 'euclid');
  return {
    pce_audio: terms.pceAudio.arraySync(),
    pce_video: terms.pceVideo.arraySync(),
    loss_total: total.value,
    grad_z_audio: total.audio,
    grad_z_video: total.video,
  };
}

function maskedExtension(t: Tensors, seen: readonly boolean[]): Json {
  const mask = tf.tensor1d(seen.map((is) => (is ? 1 : 0)));
  const softmax = (side: Tensors['audio'], z: tf.Tensor2D) =>
    prototypeLogits({ ...side, z, mask, distance: 'euclid' }).softmax();
  return {
    softmax_audio: softmax(t.audio, t.zAudio).arraySync(),
    softmax_video: softmax(t.video, t.zVideo).arraySync(),
  };
}

function rhoAt(double: Json, path: string): number {
  const rho = valueAt(double, path);
  return typeof rho === 'number' ? rho : Number.NaN;
}

/** Losses and gradients by tensors; ratios come from `double`, as the trainer takes them from float64. */
export function computeSingle(data: PmrCase, prepared: Prepared, double: Json): Json {
  const { alpha, mu } = data.hyper;
  let result: Json = {};
  tf.tidy(() => {
    const t = tensorsOf(data, prepared);
    const paper = (distance: Distance): Json =>
      paperStep(t, { alpha, mu, ...gradedPush(rhoAt(double, `paper_step.${distance}.rho`)) }, distance);
    result = {
      official_step: officialStep(t, alpha, rhoAt(double, 'official_step.rho')),
      paper_step: { euclid: paper('euclid'), sq_euclid: paper('sq_euclid') },
      extension_masked: maskedExtension(t, prepared.seen),
    };
  });
  return result;
}
