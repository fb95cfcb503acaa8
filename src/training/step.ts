/**
 * One training step as a pure function of tensors, for any backend's `compile`: weights and optimizer slots in, new ones out.
 *
 * Shapes: B batch, C classes (padded), D representation width; float32.
 * `CE(fused) + eta (CE_a + CE_v) + alpha (beta PCE_a + gamma PCE_v) - mu (gamma H_a + beta H_v) + kappa |f - f_base|^2`, then
 * the gradient's norm is clipped and the optimizer (the product's: Adam) moves every weight. Rates and weights of terms are
 * inputs: a graph is traced once for each way of making gradients (`StepKind`).
 */
import * as tf from '@tensorflow/tfjs';

import { DEFAULT_FUSION, type FusionName } from '../../proto/fusions.ts';
import type { Modality } from '../../proto/messages.ts';
import { type EncoderPair, PRODUCT_ENCODERS, weightShapes } from '../model/encoders.ts';
import { FUSIONS } from '../model/fusions/table.ts';
import { headWeights, trainedShape } from '../model/head.ts';
import { type Forward, type ForwardParts, forward, input, type NamedTensors } from './forward.ts';
import { normOf, withNoise, withoutConflict } from './gradients.ts';
import { type GradientRule, LOSS_TERMS, type LossTerm } from './policies/policy.ts';

/** What is trained: which encoders, and how the head fuses them. Default: the product's, by concat. */
export type TrainedParts = { readonly encoders?: EncoderPair; readonly fusion?: FusionName };

/** Names and shapes of all that is trained, in order: both encoders, then the head, padded to `classes`. */
export function trainedShapes(
  classes: number,
  { encoders = PRODUCT_ENCODERS, fusion = DEFAULT_FUSION }: TrainedParts = {},
): readonly { readonly name: string; readonly shape: readonly number[] }[] {
  const { audio, video } = encoders;
  return [
    ...weightShapes(audio),
    ...weightShapes(video),
    ...headWeights(fusion, audio.width).map((weight) => ({
      name: weight.name,
      shape: trainedShape(weight, classes),
    })),
  ];
}

/** Those of them that move. */
export const movingShapes = (
  classes: number,
  kind: TrainedParts & Pick<StepKind, 'frozen'>,
): ReturnType<typeof trainedShapes> =>
  trainedShapes(classes, kind).filter(({ name }) => !kind.frozen.some((side) => name.startsWith(`${side}/`)));

/** How a clipped gradient moves a weight: Adam, or momentum 0.9 (with `weightDecay` times the weight added to its gradient). */
export type Optimizer = {
  readonly rule: 'adam' | 'momentum';
  /** The most that all gradients together may measure. */
  readonly clip: number;
  readonly weightDecay: number;
};

// pmr.md section f: without a clip one run of six went to NaN
export const PRODUCT_OPTIMIZER: Optimizer = { rule: 'adam', clip: 1, weightDecay: 0 };

/** What a step is traced for: how gradients become one, which encoders do not move, and which terms there are. */
export type StepKind = TrainedParts & {
  readonly gradients: GradientRule;
  readonly frozen: readonly Modality[];
  /** Default: all. */
  readonly terms?: readonly LossTerm[];
  /** Default: the product's. */
  readonly optimizer?: Optimizer;
};

/** Convolution kernels: what a noisy step takes noise for, under `noiseOf` their name. */
export function noisyShapes({
  audio,
  video,
}: EncoderPair = PRODUCT_ENCODERS): readonly { readonly name: string; readonly shape: readonly number[] }[] {
  return [...weightShapes(audio), ...weightShapes(video)].filter(({ shape }) => shape.length === 4);
}
export const noiseOf = (name: string): string => `noise/${name}`;

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
  'kappa',
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
const MOMENTUM = 0.9; // the paper's

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

/** Stochastic gradient descent with momentum: the velocity lies in the mean's slot, the square's stays as it is. */
function momentum(inputs: NamedTensors, name: string, gradient: tf.Tensor): Record<string, tf.Tensor> {
  const velocity = input(inputs, meanSlot(name)).mul(MOMENTUM).add(gradient);
  const move = velocity.mul(input(inputs, rateOf(name)));
  return { [name]: input(inputs, name).sub(move), [meanSlot(name)]: velocity };
}

const MOVES = { adam, momentum } as const;

/** What a part of the loss is differentiated for. */
type Parts = ForwardParts & { readonly moving: readonly string[] };

type Moving = {
  readonly loss: tf.Scalar;
  /** Of the moving weights, in order. */
  readonly gradients: readonly tf.Tensor[];
  readonly outputs: Record<string, tf.Tensor>;
};

/** Value and gradients of one part of the loss in the moving weights. */
function gradientsOf(inputs: NamedTensors, parts: Parts, part: (made: Forward) => tf.Scalar): Moving {
  const { moving } = parts;
  let outputs: Record<string, tf.Tensor> = {};
  const lossOf = (...trained: tf.Tensor[]): tf.Scalar => {
    const weights = new Map(trained.map((tensor, i) => [moving[i] ?? '', tensor]));
    const made = forward(inputs, weights, parts);
    // The gradient's own tidy would end these with the tape.
    outputs = Object.fromEntries(Object.entries(made.outputs).map(([key, value]) => [key, tf.keep(value)]));
    return part(made);
  };
  const { value: loss, grads } = tf.valueAndGrads(lossOf)(moving.map((name) => input(inputs, name)));
  return { loss, gradients: grads, outputs };
}

const whole = ({ fused, own }: Forward): tf.Scalar => fused.add(own);

/** Each encoder's tensors without conflict; the head follows the sum. */
function paretoGradients(inputs: NamedTensors, parts: Parts): Moving {
  const { moving } = parts;
  const fused = gradientsOf(inputs, parts, (made) => made.fused);
  const own = gradientsOf(inputs, parts, (made) => made.own);
  tf.dispose(own.outputs);
  const of = (made: Moving, prefix: string): readonly tf.Tensor[] =>
    made.gradients.filter((_, i) => moving[i]?.startsWith(prefix));
  const head = of(fused, 'head/').map((one, i) => one.add(of(own, 'head/')[i] ?? 0));
  const sides = ['audio/', 'video/'].flatMap((prefix) =>
    of(fused, prefix).length > 0 ? withoutConflict(of(fused, prefix), of(own, prefix)) : [],
  );
  // In the order of `moving`: audio, video, head.
  return { loss: fused.loss.add(own.loss), gradients: [...sides, ...head], outputs: fused.outputs };
}

function noisyGradients(inputs: NamedTensors, parts: Parts): Moving {
  const plain = gradientsOf(inputs, parts, whole);
  const gradients = plain.gradients.map((gradient, i) => {
    const noise = inputs[noiseOf(parts.moving[i] ?? '')];
    return noise ? withNoise(gradient, noise) : gradient;
  });
  return { ...plain, gradients };
}

function movingOf(rule: GradientRule, inputs: NamedTensors, parts: Parts): Moving {
  switch (rule) {
    case 'summed':
      return gradientsOf(inputs, parts, whole);
    case 'noisy':
      return noisyGradients(inputs, parts);
    case 'pareto':
      return paretoGradients(inputs, parts);
  }
}

/** The plain step: both encoders and the head, gradients summed. */
export const PLAIN_STEP: StepKind = { gradients: 'summed', frozen: [] };

/**
 * The step for `classes` padded classes.
 *
 * Takes the batch (`xAudio`, `xVideo`, or `zAudio`, `zVideo` [B, D] of an encoder that is frozen, `labels`, `rejects`, `certain`, `weightBoth`, `weightAudio`, `weightVideo`), the
 * classes (`classMask`, and for each side `centres` and `centreMask`), the base's logits (`baseLogits`, `baseMask`,
 * `weightBase`), `STEP_SCALARS`, every weight that moves and its two slots, and noise for each of `noisyShapes` where the kind is noisy.
 * Gives every weight that moves and its slots anew, `loss`, `gradientNorm` (not finite exactly when a gradient is not),
 * `zAudio`, `zVideo` [B, D] where the encoder moves, and the score sums, by prototypes (equation 8) and by halves of the head.
 * Nothing is computed through a frozen encoder, forwards or backwards. Borrows what it takes; the caller owns what it gives.
 *
 * @throws {ShapeError} ERR_SHAPE if an input is missing.
 */
export function trainingStep(
  classes: number,
  kind: StepKind = PLAIN_STEP,
): (inputs: NamedTensors) => Record<string, tf.Tensor> {
  const { gradients: rule, frozen, encoders = PRODUCT_ENCODERS, optimizer = PRODUCT_OPTIMIZER } = kind;
  const fusion = FUSIONS[kind.fusion ?? DEFAULT_FUSION];
  const moving = movingShapes(classes, kind).map(({ name }) => name);
  const parts: Parts = { moving, encoders, fusion, frozen, terms: kind.terms ?? LOSS_TERMS };
  return (inputs) =>
    tf.tidy((): Record<string, tf.Tensor> => {
      const { loss, gradients, outputs } = movingOf(rule, inputs, parts);
      const gradientNorm = normOf(gradients);
      const clip = tf.minimum(1, tf.div(optimizer.clip, gradientNorm.maximum(1e-12)));
      const moved = moving.map((name, i) => {
        const clipped = (gradients[i] ?? tf.scalar(0)).mul(clip);
        const { rule: move, weightDecay } = optimizer;
        const decayed = weightDecay > 0 ? clipped.add(input(inputs, name).mul(weightDecay)) : clipped;
        return MOVES[move](inputs, name, decayed);
      });
      return Object.assign({ loss, gradientNorm, ...outputs }, ...moved);
    });
}
