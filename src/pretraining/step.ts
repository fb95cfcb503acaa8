/**
 * One pretraining step as a pure function of named tensors, for any backend's `compile`: weights and optimizer slots in, new
 * ones out. On top of the encoder stand heads that serve the objective alone and are dropped afterwards.
 *
 * Shapes: B things in two renderings, D representation width, P projection width, K kinds, M measures; float32.
 */
import * as tf from '@tensorflow/tfjs';

import { type EncoderSpec, encode, initWeights, type NamedArray, weightShapes } from '../model/encoders.ts';
import type { Random } from '../random.ts';
import { input, type NamedTensors } from '../training/forward.ts';
import { normOf } from '../training/gradients.ts';
import { ADAM, meanSlot, squareSlot } from '../training/step.ts';
import { contrastLoss, kindLoss, measureLoss, varianceLoss } from './objective.ts';

/** What is asked of the representations: telling things apart, telling what the generator knows of them, or both. */
export const OBJECTIVES = ['contrast', 'variance', 'attributes', 'both'] as const;
export type Objective = (typeof OBJECTIVES)[number];

export type StepSpec = {
  readonly encoder: EncoderSpec;
  readonly objective: Objective;
  /** How many kinds and measures the source names; at least one of each. */
  readonly kinds: number;
  readonly measures: number;
  /** B. */
  readonly batch: number;
};

/** `fewshot.md`'s. */
const TEMPERATURE = 0.15;
/** Widths of the projection; VICReg wants more dimensions than it regularizes (the paper's expander is wide). */
const PROJECTION = { contrast: 96, variance: 256 } as const;
/** Decoupled weight decay (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019), of kernels alone. */
const WEIGHT_DECAY = 0.01;
const CLIP = 1;
/** Squared errors of measures within -1..1 are small beside a cross-entropy. */
const MEASURE_WEIGHT = 4;

type Shape = { readonly name: string; readonly shape: readonly number[] };

const dense = (name: string, from: number, to: number): readonly Shape[] => [
  { name: `${name}/kernel`, shape: [from, to] },
  { name: `${name}/bias`, shape: [to] },
];

const asksForAttributes = (objective: Objective): boolean =>
  objective === 'attributes' || objective === 'both';

/** Weights of the heads, in order: two dense layers of the projection, one dense layer for each sort of attribute. */
export function headShapes({ encoder, objective, kinds, measures }: StepSpec): readonly Shape[] {
  const { width } = encoder;
  const wide = objective === 'variance' ? PROJECTION.variance : PROJECTION.contrast;
  const projection =
    objective === 'attributes'
      ? []
      : [...dense('project1', width, 2 * width), ...dense('project2', 2 * width, wide)];
  const attributes = asksForAttributes(objective)
    ? [...dense('kinds', width, kinds), ...dense('measures', width, measures)]
    : [];
  return [...projection, ...attributes];
}

/** All that moves, in order: the encoder, then the heads. */
export const movingShapes = (spec: StepSpec): readonly Shape[] => [
  ...weightShapes(spec.encoder),
  ...headShapes(spec),
];

/** Fresh weights under the names of `movingShapes`; the same `source` gives the same values. */
export function initialWeights(spec: StepSpec, source: Random): readonly NamedArray[] {
  const heads = headShapes(spec).map(({ name, shape }) => {
    const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
    const draws = source.fork(name);
    const deviation = shape.length > 1 ? Math.sqrt(1 / (shape[0] ?? 1)) : 0; // He et al. (2015), linear
    for (let i = 0; i < values.length; i++) values[i] = deviation * draws.normal();
    return { name, shape, values };
  });
  return [...initWeights(spec.encoder, source), ...heads];
}

/** Scalars that a step takes: the rate, and Adam's two bias corrections `1 - decay^t`. */
export const RATE_SCALARS = ['rate', 'meanCorrection', 'squareCorrection'] as const;

type Weights = ReadonlyMap<string, tf.Tensor>;

function layer(weights: Weights, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const named = Object.fromEntries(weights);
  const kernel = input(named, `${name}/kernel`);
  return tf.matMul(x, kernel.as2D(x.shape[1], kernel.size / x.shape[1])).add(input(named, `${name}/bias`));
}

/** The terms of the objective, by name; their sum is the loss. */
function termsOf(spec: StepSpec, inputs: NamedTensors, weights: Weights): Record<string, tf.Scalar> {
  const { encoder, objective, batch } = spec;
  const x = input(inputs, 'x').as4D(2 * batch, ...encoder.input);
  const z = encode(
    encoder,
    x,
    weightShapes(encoder).flatMap(({ name }) => weights.get(name) ?? []),
  );
  const terms: Record<string, tf.Scalar> = {};
  if (objective !== 'attributes') {
    const projected = layer(weights, 'project2', layer(weights, 'project1', z).relu());
    if (objective === 'variance') terms.variance = varianceLoss(projected);
    else terms.contrast = contrastLoss(projected, TEMPERATURE);
  }
  if (asksForAttributes(objective)) {
    // Both renderings of a thing have its attributes.
    const twice = (name: string): tf.Tensor2D => {
      const once = input(inputs, name).as2D(batch, input(inputs, name).size / batch);
      return tf.concat([once, once], 0);
    };
    terms.kinds = kindLoss(layer(weights, 'kinds', z), twice('kinds'));
    const targets = { measures: twice('measures'), known: twice('known') };
    terms.measures = measureLoss(layer(weights, 'measures', z), targets).mul(MEASURE_WEIGHT);
  }
  return terms;
}

/** AdamW: Adam's move and the decay, both times the rate. */
function moved(inputs: NamedTensors, { name, shape }: Shape, gradient: tf.Tensor): Record<string, tf.Tensor> {
  const { meanDecay, squareDecay, epsilon } = ADAM;
  const weight = input(inputs, name);
  const mean = input(inputs, meanSlot(name))
    .mul(meanDecay)
    .add(gradient.mul(1 - meanDecay));
  const square = input(inputs, squareSlot(name))
    .mul(squareDecay)
    .add(gradient.square().mul(1 - squareDecay));
  const scale = square.div(input(inputs, 'squareCorrection')).sqrt().add(epsilon);
  const adam = mean.div(input(inputs, 'meanCorrection')).div(scale);
  const move = shape.length > 1 ? adam.add(weight.mul(WEIGHT_DECAY)) : adam;
  return {
    [name]: weight.sub(move.mul(input(inputs, 'rate'))),
    [meanSlot(name)]: mean,
    [squareSlot(name)]: square,
  };
}

/**
 * The step of `spec`.
 *
 * Takes `x` [2B, H, W, C] (row i and row i + B are one thing), `kinds` [B, K] one-hot, `measures` and `known` [B, M],
 * `RATE_SCALARS`, every weight of `movingShapes` and its two slots. Gives weights and slots anew, `loss`, each of its terms as
 * `term/NAME`, and `gradientNorm` before the clip. Borrows what it takes; the caller owns what it gives.
 *
 * @throws {ShapeError} ERR_SHAPE if an input is missing.
 */
export function pretrainingStep(spec: StepSpec): (inputs: NamedTensors) => Record<string, tf.Tensor> {
  const shapes = movingShapes(spec);
  return (inputs) =>
    tf.tidy((): Record<string, tf.Tensor> => {
      let outputs: Record<string, tf.Tensor> = {};
      const lossOf = (...moving: tf.Tensor[]): tf.Scalar => {
        const weights = new Map(shapes.map(({ name }, i) => [name, moving[i] ?? tf.scalar(0)]));
        const terms = Object.entries(termsOf(spec, inputs, weights));
        // The gradient's own tidy would end these with the tape.
        outputs = Object.fromEntries(terms.map(([name, term]) => [`term/${name}`, tf.keep(term)]));
        return tf.addN(terms.map(([, term]) => term)).asScalar();
      };
      const { value: loss, grads } = tf.valueAndGrads(lossOf)(shapes.map(({ name }) => input(inputs, name)));
      const gradientNorm = normOf(grads);
      const clip = tf.minimum(1, tf.div(CLIP, gradientNorm.maximum(1e-12)));
      const state = shapes.map((shape, i) => moved(inputs, shape, (grads[i] ?? tf.scalar(0)).mul(clip)));
      return Object.assign({ loss, gradientNorm, ...outputs }, ...state);
    });
}
