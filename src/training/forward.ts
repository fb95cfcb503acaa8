/**
 * The forward half of a training step: representations, logits, and every term of the loss. Traceable; borrows its inputs.
 *
 * Shapes: B batch, C classes (padded), D representation width; float32.
 */
import * as tf from '@tensorflow/tfjs';

import { ShapeError } from '../errors.ts';
import { type EncoderPair, type EncoderSpec, encode, weightShapes } from '../model/encoders.ts';
import type { FusionForm } from '../model/fusions/form.ts';
import {
  crossEntropyLoss,
  entropyLoss,
  masked,
  type PrototypeBatch,
  pceLoss,
  pmrLoss,
  prototypeLogits,
} from '../pmr/tensors.ts';

export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

const LEAST_PROBABILITY = 1e-6;

/** An input by name. @throws {ShapeError} ERR_SHAPE if it is missing. */
export function input(inputs: NamedTensors, name: string): tf.Tensor {
  const tensor = inputs[name];
  if (!tensor) throw new ShapeError('ERR_SHAPE', `the training step has no input ${name}: pass all of them`);
  return tensor;
}

type Targets = {
  readonly labels: tf.Tensor2D;
  readonly mask: tf.Tensor1D;
  /** [B]; 1 where `labels` says what the sample is not. */
  readonly rejects: tf.Tensor1D;
};

/** Cross-entropy where the label says what it is, `-log(1 - p)` where it says what it is not; one weighted mean each. */
function labelLoss(logits: tf.Tensor2D, { labels, mask, rejects }: Targets, weights: tf.Tensor1D): tf.Scalar {
  const says = weights.mul<tf.Tensor1D>(tf.sub(1, rejects));
  const denies = weights.mul<tf.Tensor1D>(rejects);
  const probability = tf.softmax(masked(logits, mask)).mul(labels).sum<tf.Tensor1D>(1);
  const cost = tf.sub(1, probability).maximum<tf.Tensor1D>(LEAST_PROBABILITY).log().neg();
  const total = weights.sum().maximum(1);
  const denial = cost.mul(denies).sum().div<tf.Scalar>(total);
  // The mean over those that say counts by their share of the batch, so that both are per sample.
  const share = says.sum().div<tf.Scalar>(total);
  return crossEntropyLoss(logits, { labels, mask, weights: says }).mul<tf.Scalar>(share).add(denial);
}

type Side = {
  readonly batch: PrototypeBatch;
  readonly logits: tf.Tensor2D;
  readonly weights: tf.Tensor1D;
};

function sideOf(inputs: NamedTensors, side: 'Audio' | 'Video', z: tf.Tensor2D, logits: tf.Tensor2D): Side {
  const weights = input(inputs, `weight${side}`).as1D();
  const batch: PrototypeBatch = {
    z,
    centres: input(inputs, `centres${side}`).as2D(logits.shape[1], z.shape[1]),
    labels: input(inputs, 'labels').as2D(z.shape[0], logits.shape[1]),
    mask: input(inputs, `centreMask${side}`).as1D(),
    weights: weights.mul(input(inputs, 'certain')),
    tau: input(inputs, `tau${side}`).asScalar(),
    distance: 'euclid',
  };
  return { batch, logits, weights };
}

/** Sum over the batch of the prototype score of the label's class, where both modalities are there (equation 8). */
function scoreSum(inputs: NamedTensors, { batch }: Side): tf.Scalar {
  const both = input(inputs, 'weightBoth').mul(input(inputs, 'certain'));
  const scores = tf.softmax(prototypeLogits(batch)).mul(batch.labels).sum<tf.Tensor1D>(1);
  return scores.mul(both).sum<tf.Scalar>();
}

/** The same of the modality's half of the head: what OGM-GE compares. */
function headScoreSum(inputs: NamedTensors, { batch, logits }: Side, mask: tf.Tensor1D): tf.Scalar {
  const both = input(inputs, 'weightBoth').mul(input(inputs, 'certain'));
  const scores = tf.softmax(masked(logits, mask)).mul(batch.labels).sum<tf.Tensor1D>(1);
  return scores.mul(both).sum<tf.Scalar>();
}

/** Mean of `(f - f_base)^2` over the samples that the base has learned and the classes that its head knows (DER++; ADR 0051). */
function matchingLoss(inputs: NamedTensors, fused: tf.Tensor2D): tf.Scalar {
  const [, classes] = fused.shape;
  const squares = fused.sub<tf.Tensor2D>(input(inputs, 'baseLogits')).square();
  const known = input(inputs, 'baseMask').as2D(classes, 1);
  const weights = input(inputs, 'weightBase').as1D();
  const each = tf.matMul(squares, known).as1D();
  const counted = weights.sum().mul(known.sum()).maximum(1);
  return each.mul(weights).sum<tf.Scalar>().div(counted);
}

export type Forward = {
  /** All terms but the modalities' own cross-entropies, and those with their weight. */
  readonly fused: tf.Scalar;
  readonly own: tf.Scalar;
  readonly outputs: Record<string, tf.Tensor>;
};

/** Runs both encoders and all terms; `weights` by name, everything else from `inputs`. */
export function forward(
  inputs: NamedTensors,
  weights: ReadonlyMap<string, tf.Tensor>,
  { encoders, fusion }: { readonly encoders: EncoderPair; readonly fusion: FusionForm },
): Forward {
  const of = (spec: EncoderSpec): tf.Tensor[] =>
    weightShapes(spec).flatMap(({ name }) => weights.get(name) ?? []);
  const xAudio = input(inputs, 'xAudio');
  const xVideo = input(inputs, 'xVideo');
  const size = xAudio.shape[0] ?? 0;
  const zAudio = encode(encoders.audio, xAudio.as4D(size, ...encoders.audio.input), of(encoders.audio));
  const zVideo = encode(encoders.video, xVideo.as4D(size, ...encoders.video.input), of(encoders.video));
  const named = Object.fromEntries(weights);
  const heads = fusion.trace({ audio: zAudio, video: zVideo }, (name) => input(named, name));
  const audio = sideOf(inputs, 'Audio', zAudio, heads.audio);
  const video = sideOf(inputs, 'Video', zVideo, heads.video);
  const targets: Targets = {
    labels: audio.batch.labels,
    mask: input(inputs, 'classMask').as1D(),
    rejects: input(inputs, 'rejects').as1D(),
  };
  const own = ({ logits, weights: present }: Side): tf.Scalar => labelLoss(logits, targets, present);
  const terms = {
    fused: labelLoss(heads.fused, targets, input(inputs, 'weightBoth').as1D()),
    pceAudio: pceLoss(audio.batch),
    pceVideo: pceLoss(video.batch),
    entropyAudio: entropyLoss(audio.batch),
    entropyVideo: entropyLoss(video.batch),
  };
  const scalar = (name: string): tf.Scalar => input(inputs, name).asScalar();
  const push = { alpha: scalar('alpha'), beta: scalar('beta'), gamma: scalar('gamma'), mu: scalar('mu') };
  const matching = matchingLoss(inputs, heads.fused).mul<tf.Scalar>(scalar('kappa'));
  return {
    fused: pmrLoss(terms, push).add<tf.Scalar>(matching),
    own: own(audio).add<tf.Scalar>(own(video)).mul<tf.Scalar>(scalar('uniModal')),
    outputs: {
      zAudio,
      zVideo,
      audioScores: scoreSum(inputs, audio),
      videoScores: scoreSum(inputs, video),
      audioHeadScores: headScoreSum(inputs, audio, targets.mask),
      videoHeadScores: headScoreSum(inputs, video, targets.mask),
    },
  };
}
