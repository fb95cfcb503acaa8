/**
 * What is being trained: weights and optimizer slots as tensors, moved one step at a time by a compiled step.
 */
import * as tf from '@tensorflow/tfjs';

import { DEFAULT_FUSION } from '../../proto/fusions.ts';
import type { Modality } from '../../proto/messages.ts';
import { ShapeError } from '../errors.ts';
import { type NamedArray, PRODUCT_ENCODERS } from '../model/encoders.ts';
import type { Random } from '../random.ts';
import type { BaseLogits } from './base-logits.ts';
import type { BatchArrays } from './batch.ts';
import { type NamedTensors, representationOf } from './forward.ts';
import { LOSS_TERMS, type StepWeights, termsOf } from './policies/policy.ts';
import {
  ADAM,
  meanSlot,
  movingShapes,
  noiseOf,
  noisyShapes,
  PLAIN_STEP,
  STEP_SCALARS,
  type StepKind,
  squareSlot,
  trainedShapes,
  trainingStep,
} from './step.ts';

/** A function made ready to run; borrows inputs, the caller owns outputs. */
export type CompiledStep = {
  run(inputs: NamedTensors): Record<string, tf.Tensor>;
  dispose(): void;
};
/** A backend's way to make a pure tensor function fast. */
export type Compile = (
  name: string,
  fn: (inputs: NamedTensors) => Record<string, tf.Tensor>,
  examples: NamedTensors,
) => Promise<CompiledStep>;

/** Prototypes in force while training, [C, D] row by row, and [C] which classes have one. */
export type Centres = { readonly values: Float32Array; readonly seen: Float32Array };

export type StepData = {
  readonly batch: BatchArrays;
  /** [C]; 1 for a class, 0 for padding. */
  readonly classMask: Float32Array;
  readonly audio: Centres;
  readonly video: Centres;
  readonly base: BaseLogits;
  /** Representations [B, D] of each frozen side, made before; nothing else is read. */
  readonly features?: Features;
};

/** By side; null where the encoder moves. */
export type Features = Readonly<Record<Modality, Float32Array | null>>;
const NO_FEATURES: Features = { audio: null, video: null };

export type StepOutcome = {
  readonly loss: number;
  readonly gradientNorm: number;
  readonly audioScores: number;
  readonly videoScores: number;
  readonly audioHeadScores: number;
  readonly videoHeadScores: number;
  /** [B, D]; the representations from before the step; a frozen side's are those that were given. */
  readonly zAudio: Float32Array;
  readonly zVideo: Float32Array;
};

/** Class counts that steps are traced for. */
export const CLASS_COLUMNS = [16, 64, 256] as const;

/** The smallest padded class count that holds `classes`. @throws {ShapeError} ERR_CLASS_COUNT above 256 */
export function columnsFor(classes: number): number {
  const columns = CLASS_COLUMNS.find((count) => count >= classes);
  if (columns !== undefined) return columns;
  throw new ShapeError('ERR_CLASS_COUNT', `${classes} classes, at most 256 can be trained: delete some`);
}

/** What a side's encoder reads, or, where it is frozen, what it gave. */
function sideTensor(
  { batch, features = NO_FEATURES }: StepData,
  side: Modality,
  rows: number,
  { encoders = PRODUCT_ENCODERS, frozen }: StepKind,
): Record<string, tf.Tensor> {
  const { input, width } = encoders[side];
  if (!frozen.includes(side)) {
    return side === 'audio'
      ? { xAudio: tf.tensor(batch.xAudio, [rows, ...input]) }
      : { xVideo: tf.tensor(batch.xVideo, [rows, ...input]) };
  }
  const values = features[side];
  if (!values)
    throw new ShapeError(
      'ERR_SHAPE',
      `${side} is frozen, and no features are given: embed the samples before`,
    );
  return { [representationOf(side)]: tf.tensor(values, [rows, width]) };
}

function batchTensors(data: StepData, rows: number, kind: StepKind): Record<string, tf.Tensor> {
  const { batch, classMask, audio, video, base } = data;
  const { encoders = PRODUCT_ENCODERS } = kind;
  const classes = classMask.length;
  return {
    ...sideTensor(data, 'audio', rows, kind),
    ...sideTensor(data, 'video', rows, kind),
    labels: tf.tensor(batch.labels, [rows, classes]),
    rejects: tf.tensor1d(batch.rejects),
    certain: tf.tensor1d(batch.certain),
    weightBoth: tf.tensor1d(batch.weightBoth),
    weightAudio: tf.tensor1d(batch.weightAudio),
    weightVideo: tf.tensor1d(batch.weightVideo),
    classMask: tf.tensor1d(classMask),
    centresAudio: tf.tensor(audio.values, [classes, encoders.audio.width]),
    centresVideo: tf.tensor(video.values, [classes, encoders.video.width]),
    centreMaskAudio: tf.tensor1d(audio.seen),
    centreMaskVideo: tf.tensor1d(video.seen),
    baseLogits: tf.tensor(base.logits, [rows, classes]),
    baseMask: tf.tensor1d(base.known),
    weightBase: tf.tensor1d(base.weights),
  };
}

function scalarTensors(weights: StepWeights, rate: number, step: number): Record<string, tf.Tensor> {
  const values: Record<(typeof STEP_SCALARS)[number], number> = {
    ...weights,
    audioRate: weights.audioRate * rate,
    videoRate: weights.videoRate * rate,
    headRate: rate,
    meanCorrection: 1 - ADAM.meanDecay ** step,
    squareCorrection: 1 - ADAM.squareDecay ** step,
  };
  return Object.fromEntries(STEP_SCALARS.map((name) => [name, tf.scalar(values[name])]));
}

export type TraineeOptions = {
  readonly compile: Compile;
  /** Both encoders' weights and the head's, under the names of `trainedShapes`. */
  readonly weights: readonly NamedArray[];
  /** Padded class count. */
  readonly classes: number;
  /** Rows of every batch. */
  readonly rows: number;
  /** Default: the plain step. */
  readonly kind?: StepKind;
  /** Drawn from by a noisy step alone. */
  readonly noise?: Random;
};

/** A step's name among those compiled: the same name is the same graph. */
function nameOf(classes: number, kind: StepKind): string {
  const { gradients, frozen, fusion = DEFAULT_FUSION, terms = LOSS_TERMS } = kind;
  return ['training', classes, fusion, gradients, ...frozen.map((side) => `without-${side}`), ...terms].join(
    '-',
  );
}

/** A term that was not traced would be left out in silence. @throws {ShapeError} ERR_SHAPE if a weight needs one. */
function checkTerms(weights: StepWeights, { terms = LOSS_TERMS }: StepKind): void {
  const missing = termsOf(weights).find((term) => !terms.includes(term));
  if (missing)
    throw new ShapeError(
      'ERR_SHAPE',
      `the step was traced without ${missing}, its weight is not 0: name the term`,
    );
}

function noiseTensors({ gradients, encoders }: StepKind, source: Random | null): Record<string, tf.Tensor> {
  if (gradients !== 'noisy' || !source) return {};
  return Object.fromEntries(
    noisyShapes(encoders).map(({ name, shape }) => {
      const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
      for (let i = 0; i < values.length; i++) values[i] = source.normal();
      return [noiseOf(name), tf.tensor(values, [...shape])];
    }),
  );
}

function stateOf(weights: readonly NamedArray[], classes: number, kind: StepKind): Record<string, tf.Tensor> {
  const given = new Map(weights.map((weight) => [weight.name, weight]));
  const state: Record<string, tf.Tensor> = {};
  for (const { name } of trainedShapes(classes, kind))
    if (!given.has(name))
      throw new ShapeError('ERR_SHAPE', `no weight named ${name}: hand over both encoders and the head`);
  for (const { name, shape } of movingShapes(classes, kind)) {
    const weight = given.get(name);
    if (!weight) continue;
    state[name] = tf.tensor(weight.values, [...shape]);
    state[meanSlot(name)] = tf.zeros([...shape]);
    state[squareSlot(name)] = tf.zeros([...shape]);
  }
  return state;
}

/** Owns its tensors; `dispose` ends them. */
export class Trainee {
  readonly #options: TraineeOptions;
  readonly #step: CompiledStep;
  #state: Record<string, tf.Tensor>;
  #steps = 0;

  private constructor(options: TraineeOptions, step: CompiledStep, state: Record<string, tf.Tensor>) {
    this.#options = options;
    this.#step = step;
    this.#state = state;
  }

  /** Compiles the step (under a second as a graph) on the first batch. @throws {ShapeError} ERR_SHAPE for a missing weight */
  static async open(options: TraineeOptions, example: StepData, weights: StepWeights): Promise<Trainee> {
    const { classes, rows, compile, kind = PLAIN_STEP } = options;
    const state = stateOf(options.weights, classes, kind);
    const noise = noiseTensors(kind, options.noise?.fork('example') ?? null);
    const passing = { ...batchTensors(example, rows, kind), ...scalarTensors(weights, 0, 1), ...noise };
    try {
      const step = await compile(nameOf(classes, kind), trainingStep(classes, kind), {
        ...state,
        ...passing,
      });
      return new Trainee(options, step, state);
    } catch (error) {
      tf.dispose(state);
      throw error;
    } finally {
      tf.dispose(passing);
    }
  }

  /** Moves every weight that is not frozen by one step of Adam at `rate`. */
  step(data: StepData, weights: StepWeights, rate: number): StepOutcome {
    const { rows, kind = PLAIN_STEP, noise } = this.#options;
    checkTerms(weights, kind);
    this.#steps++;
    const passing = {
      ...batchTensors(data, rows, kind),
      ...scalarTensors(weights, rate, this.#steps),
      ...noiseTensors(kind, noise ?? null),
    };
    const outputs = this.#step.run({ ...this.#state, ...passing });
    tf.dispose(passing);
    const next = { ...this.#state };
    const values: Record<string, Float32Array> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      if (name in next) {
        next[name]?.dispose();
        next[name] = tensor;
      } else {
        values[name] = Float32Array.from(tensor.dataSync());
        tensor.dispose();
      }
    }
    this.#state = next;
    return outcomeOf(values, data.features ?? NO_FEATURES);
  }

  /** A copy of the weights as they are now, in the order of `trainedShapes`. */
  weights(): readonly NamedArray[] {
    const { classes, kind, weights } = this.#options;
    return trainedShapes(classes, kind).map(({ name, shape }) => {
      const still = weights.find((one) => one.name === name)?.values ?? [];
      return { name, shape, values: Float32Array.from(this.#state[name]?.dataSync() ?? still) };
    });
  }

  /** Idempotent. */
  dispose(): void {
    tf.dispose(this.#state);
    this.#state = {};
    this.#step.dispose();
  }
}

function outcomeOf(values: Readonly<Record<string, Float32Array>>, features: Features): StepOutcome {
  const scalar = (name: string): number => values[name]?.[0] ?? Number.NaN;
  return {
    loss: scalar('loss'),
    gradientNorm: scalar('gradientNorm'),
    audioScores: scalar('audioScores'),
    videoScores: scalar('videoScores'),
    audioHeadScores: scalar('audioHeadScores'),
    videoHeadScores: scalar('videoHeadScores'),
    zAudio: values.zAudio ?? features.audio ?? new Float32Array(0),
    zVideo: values.zVideo ?? features.video ?? new Float32Array(0),
  };
}
