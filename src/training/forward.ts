/**
 * The forward half of a training step: representations, logits, and every term of the loss. Traceable; borrows its inputs.
 *
 * Shapes: B batch, C classes (padded), D representation width; float32.
 */
import * as tf from '@tensorflow/tfjs';

import type { Modality } from '../../proto/messages.ts';
import { ShapeError } from '../errors.ts';
import { type EncoderPair, encode, weightShapes } from '../model/encoders.ts';
import type { FusionForm } from '../model/fusions/form.ts';
import {
  crossEntropyLoss,
  masked,
  meanEntropy,
  type PrototypeBatch,
  pmrLoss,
  prototypeLogits,
} from '../pmr/tensors.ts';

import type { LossTerm } from './policies/policy.ts';

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
  /** By distance to the prototypes (equation 7): made once, for every term. */
  readonly prototypes: tf.Tensor2D;
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
  return { batch, prototypes: prototypeLogits(batch), logits, weights };
}

/** Sum over the batch of the prototype score of the label's class, where both modalities are there (equation 8). */
function scoreSum(inputs: NamedTensors, { batch, prototypes }: Side): tf.Scalar {
  const both = input(inputs, 'weightBoth').mul(input(inputs, 'certain'));
  const scores = tf.softmax(prototypes).mul(batch.labels).sum<tf.Tensor1D>(1);
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

export type ForwardParts = {
  readonly encoders: EncoderPair;
  readonly fusion: FusionForm;
  /** Sides whose representations are inputs. */
  readonly frozen: readonly Modality[];
  readonly terms: readonly LossTerm[];
};

/** Name of a side's representations, as an output or, where it is frozen, as an input. */
export const representationOf = (side: Modality): 'zAudio' | 'zVideo' =>
  side === 'audio' ? 'zAudio' : 'zVideo';

/** A side's representations [B, D]. */
function represented(
  inputs: NamedTensors,
  weights: ReadonlyMap<string, tf.Tensor>,
  { encoders, frozen }: ForwardParts,
  side: Modality,
): tf.Tensor2D {
  const spec = encoders[side];
  if (frozen.includes(side)) {
    const [rows = 0] = input(inputs, 'labels').shape;
    return input(inputs, representationOf(side)).as2D(rows, spec.width);
  }
  const x = input(inputs, side === 'audio' ? 'xAudio' : 'xVideo');
  const ordered = weightShapes(spec).flatMap(({ name }) => weights.get(name) ?? []);
  return encode(spec, x, ordered);
}

/** Runs the encoders that are not frozen and all terms that are asked for; `weights` by name, everything else from `inputs`. */
export function forward(
  inputs: NamedTensors,
  weights: ReadonlyMap<string, tf.Tensor>,
  parts: ForwardParts,
): Forward {
  const zAudio = represented(inputs, weights, parts, 'audio');
  const zVideo = represented(inputs, weights, parts, 'video');
  const named = Object.fromEntries(weights);
  const heads = parts.fusion.trace({ audio: zAudio, video: zVideo }, (name) => input(named, name));
  const audio = sideOf(inputs, 'Audio', zAudio, heads.audio);
  const video = sideOf(inputs, 'Video', zVideo, heads.video);
  const targets: Targets = {
    labels: audio.batch.labels,
    mask: input(inputs, 'classMask').as1D(),
    rejects: input(inputs, 'rejects').as1D(),
  };
  const made: Record<string, tf.Tensor> = { zAudio, zVideo };
  return {
    ...lossOf(inputs, { fused: heads.fused, audio, video, targets }, parts.terms),
    outputs: {
      ...Object.fromEntries(Object.entries(made).filter(([name]) => !(name in inputs))),
      audioScores: scoreSum(inputs, audio),
      videoScores: scoreSum(inputs, video),
      audioHeadScores: headScoreSum(inputs, audio, targets.mask),
      videoHeadScores: headScoreSum(inputs, video, targets.mask),
    },
  };
}

type Judged = {
  readonly fused: tf.Tensor2D;
  readonly audio: Side;
  readonly video: Side;
  readonly targets: Targets;
};

/** The weighted terms. What is not asked for costs nothing: neither it nor a gradient of it is made. */
function lossOf(
  inputs: NamedTensors,
  { fused, audio, video, targets }: Judged,
  terms: readonly LossTerm[],
): Pick<Forward, 'fused' | 'own'> {
  const scalar = (name: string): tf.Scalar => input(inputs, name).asScalar();
  const when = (term: LossTerm, of: () => tf.Scalar): tf.Scalar =>
    terms.includes(term) ? of() : tf.scalar(0);
  const pce = ({ prototypes, batch }: Side) => when('pce', () => crossEntropyLoss(prototypes, batch));
  const per = ({ prototypes, batch }: Side) => when('per', () => meanEntropy(prototypes, batch.weights));
  const own = ({ logits, weights }: Side): tf.Scalar => labelLoss(logits, targets, weights);
  const push = { alpha: scalar('alpha'), beta: scalar('beta'), gamma: scalar('gamma'), mu: scalar('mu') };
  const total = pmrLoss(
    {
      fused: labelLoss(fused, targets, input(inputs, 'weightBoth').as1D()),
      ...{ pceAudio: pce(audio), pceVideo: pce(video) },
      ...{ entropyAudio: per(audio), entropyVideo: per(video) },
    },
    push,
  );
  const matching = when('matching', () => matchingLoss(inputs, fused).mul<tf.Scalar>(scalar('kappa')));
  return {
    fused: total.add<tf.Scalar>(matching),
    own: when('own', () => own(audio).add<tf.Scalar>(own(video)).mul<tf.Scalar>(scalar('uniModal'))),
  };
}
