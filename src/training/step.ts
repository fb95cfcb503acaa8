/**
 * One training step as a pure function of tensors, for any backend's `compile`: weights and optimizer slots in, new ones out.
 *
 * Shapes: B batch, C classes (padded), D representation width; float32.
 * `CE(fused) + eta (CE_a + CE_v) + alpha (beta PCE_a + gamma PCE_v) - mu (gamma H_a + beta H_v)`, then the gradient's
 * norm is clipped to 1 and Adam moves every weight. Rates and weights of terms are inputs: a graph is traced once.
 */
import * as tf from '@tensorflow/tfjs';

import { ShapeError } from '../errors.ts';
import { audioEncoder, type EncoderSpec, encode, videoEncoder, weightShapes } from '../model/encoders.ts';
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

/** Names and shapes of all that is trained, in order: both encoders, then the head [2 D, C] and its bias [C]. */
export function trainedShapes(
  classes: number,
): readonly { readonly name: string; readonly shape: readonly number[] }[] {
  return [
    ...weightShapes(audioEncoder),
    ...weightShapes(videoEncoder),
    { name: 'head/kernel', shape: [audioEncoder.width + videoEncoder.width, classes] },
    { name: 'head/bias', shape: [classes] },
  ];
}

/** Names of Adam's two slots of a weight. */
export const meanSlot = (name: string): string => `mean/${name}`;
export const squareSlot = (name: string): string => `square/${name}`;

/** Scalars that a step takes; the names of `StepWeights` and the optimizer's. */
export const STEP_SCALARS = [
  'uniModal',
  'alpha',
  'beta',
  'gamma',
  'mu',
  'tauAudio',
  'tauVideo',
  'audioRate',
  'videoRate',
  'headRate',
  'meanCorrection',
  'squareCorrection',
] as const;

// Kingma and Ba (2015), their defaults.
export const ADAM = { meanDecay: 0.9, squareDecay: 0.999, epsilon: 1e-8 } as const;
const GRADIENT_NORM = 1; // pmr.md section f: without a clip one run of six went to NaN
const LEAST_PROBABILITY = 1e-6;

function input(inputs: NamedTensors, name: string): tf.Tensor {
  const tensor = inputs[name];
  if (!tensor) throw new ShapeError('ERR_SHAPE', `the training step has no input ${name}: pass all of them`);
  return tensor;
}

type Heads = { readonly fused: tf.Tensor2D; readonly audio: tf.Tensor2D; readonly video: tf.Tensor2D };

/** Fused logits, and each modality's through its half of the head with half of the bias. */
function headsOf(zAudio: tf.Tensor2D, zVideo: tf.Tensor2D, kernel: tf.Tensor, bias: tf.Tensor): Heads {
  const [, width] = zAudio.shape;
  const classes = bias.shape[0] ?? 0;
  const half = (z: tf.Tensor2D, firstRow: number): tf.Tensor2D =>
    tf.matMul(z, kernel.slice([firstRow, 0], [width, classes]).as2D(width, classes));
  const audio = half(zAudio, 0);
  const video = half(zVideo, width);
  const halfBias = bias.mul(0.5);
  return { fused: audio.add(video).add(bias), audio: audio.add(halfBias), video: video.add(halfBias) };
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

type Forward = { readonly loss: tf.Scalar; readonly outputs: Record<string, tf.Tensor> };

function forward(inputs: NamedTensors, weights: ReadonlyMap<string, tf.Tensor>): Forward {
  const of = (spec: EncoderSpec): tf.Tensor[] =>
    weightShapes(spec).flatMap(({ name }) => weights.get(name) ?? []);
  const xAudio = input(inputs, 'xAudio');
  const xVideo = input(inputs, 'xVideo');
  const size = xAudio.shape[0] ?? 0;
  const zAudio = encode(audioEncoder, xAudio.as4D(size, ...audioEncoder.input), of(audioEncoder));
  const zVideo = encode(videoEncoder, xVideo.as4D(size, ...videoEncoder.input), of(videoEncoder));
  const heads = headsOf(
    zAudio,
    zVideo,
    input(Object.fromEntries(weights), 'head/kernel'),
    input(Object.fromEntries(weights), 'head/bias'),
  );
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
  const loss = pmrLoss(terms, push).add<tf.Scalar>(own(audio).add(own(video)).mul(scalar('uniModal')));
  const outputs = {
    zAudio,
    zVideo,
    audioScores: scoreSum(inputs, audio),
    videoScores: scoreSum(inputs, video),
  };
  return { loss, outputs };
}

const rateOf = (name: string): string =>
  name.startsWith('audio/') ? 'audioRate' : name.startsWith('video/') ? 'videoRate' : 'headRate';

/** Adam with the bias corrections handed in: `1 - decay^t` each, so that the step number is no constant of the graph. */
function adam(inputs: NamedTensors, name: string, gradient: tf.Tensor): Record<string, tf.Tensor> {
  const { meanDecay, squareDecay, epsilon } = ADAM;
  const mean = input(inputs, meanSlot(name))
    .mul(meanDecay)
    .add(gradient.mul(1 - meanDecay));
  const square = input(inputs, squareSlot(name))
    .mul(squareDecay)
    .add(gradient.square().mul(1 - squareDecay));
  const scale = square.div(input(inputs, 'squareCorrection')).sqrt().add(epsilon);
  const move = mean
    .div(input(inputs, 'meanCorrection'))
    .div(scale)
    .mul(input(inputs, rateOf(name)));
  return { [name]: input(inputs, name).sub(move), [meanSlot(name)]: mean, [squareSlot(name)]: square };
}

/** Sum of squares as a product: its traced form holds no array of ones. */
const squaredNorm = (gradient: tf.Tensor): tf.Scalar => {
  const flat = gradient.reshape([1, gradient.size]);
  return tf.matMul(flat, flat, false, true).asScalar();
};

/**
 * The step for `classes` padded classes.
 *
 * Takes the batch (`xAudio`, `xVideo`, `labels`, `rejects`, `certain`, `weightBoth`, `weightAudio`, `weightVideo`), the
 * classes (`classMask`, and for each side `centres` and `centreMask`), `STEP_SCALARS`, every weight and its two slots.
 * Gives every weight and slot anew, `loss`, `gradientNorm` (not finite exactly when a gradient is not), `zAudio`, `zVideo`
 * [B, D] and the two score sums of equation 8. Borrows what it takes; the caller owns what it gives.
 *
 * @throws {ShapeError} ERR_SHAPE if an input is missing.
 */
export function trainingStep(classes: number): (inputs: NamedTensors) => Record<string, tf.Tensor> {
  const names = trainedShapes(classes).map(({ name }) => name);
  return (inputs) =>
    tf.tidy((): Record<string, tf.Tensor> => {
      const weights = names.map((name) => input(inputs, name));
      let outputs: Record<string, tf.Tensor> = {};
      const lossOf = (...trained: tf.Tensor[]): tf.Scalar => {
        const made = forward(inputs, new Map(names.map((name, i) => [name, trained[i] ?? tf.scalar(0)])));
        // The gradient's own tidy would end these with the tape.
        outputs = Object.fromEntries(
          Object.entries(made.outputs).map(([key, value]) => [key, tf.keep(value)]),
        );
        return made.loss;
      };
      const { value: loss, grads } = tf.valueAndGrads(lossOf)(weights);
      const gradientNorm = tf.addN(grads.map(squaredNorm)).sqrt<tf.Scalar>();
      const clip = tf.minimum(1, tf.div(GRADIENT_NORM, gradientNorm.maximum(1e-12)));
      const moved = names.map((name, i) => adam(inputs, name, (grads[i] ?? tf.scalar(0)).mul(clip)));
      return Object.assign({ loss, gradientNorm, ...outputs }, ...moved);
    });
}
