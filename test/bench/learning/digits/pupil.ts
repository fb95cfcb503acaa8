/**
 * Both encoders and the head while they learn digits: the product's own training step over batches of a digit set, and
 * the representations that the present weights give. Owns its graphs and tensors; `dispose` ends them.
 */
import * as tf from '@tensorflow/tfjs';

import type { Modality } from '../../../../proto/messages.ts';
import { encode, initWeights, type NamedArray, weightShapes } from '../../../../src/model/encoders.ts';
import { type Head, headFromTrained } from '../../../../src/model/head.ts';
import { type Matrix, zeros } from '../../../../src/pmr/matrix.ts';
import type { Random } from '../../../../src/random.ts';
import { type BaseLogits, noBaseLogits } from '../../../../src/training/base-logits.ts';
import type { BatchArrays } from '../../../../src/training/batch.ts';
import type { StepWeights, TrainingPolicy } from '../../../../src/training/policies/policy.ts';
import { startingHead } from '../../../../src/training/starting-head.ts';
import {
  type Centres,
  type Compile,
  type CompiledStep,
  columnsFor,
  type StepOutcome,
  Trainee,
} from '../../../../src/training/trainee.ts';
import { CHANNELS, DIGITS, type DigitSet } from './data-set.ts';
import { PIXELS } from './render.ts';
import type { DigitSettings } from './settings.ts';

/** Columns that hold ten digits. */
export const COLUMNS = columnsFor(DIGITS);
const CLASS_MASK = Float32Array.from({ length: COLUMNS }, (_, k) => (k < DIGITS ? 1 : 0));
/** As classes of the product's head; their columns are the digits. */
const CLASS_IDS = Array.from({ length: DIGITS }, (_, digit) => String(digit));
const EMBED_ROWS = 200;

export type Sides<T> = Readonly<Record<Modality, T>>;

const floatsOf = (set: DigitSet, side: Modality): Float32Array =>
  side === 'audio' ? set.gray : set.coloured;
const sizeOf = (side: Modality): number => (side === 'audio' ? PIXELS : PIXELS * CHANNELS);

/** Copies pictures in order of `rows`; what is left of `into` keeps its values. */
function gather(set: DigitSet, side: Modality, rows: ArrayLike<number>, into: Float32Array): void {
  const size = sizeOf(side);
  const from = floatsOf(set, side);
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i]! * size;
    into.set(from.subarray(at, at + size), i * size);
  }
}

/** One step's data; `senses` are those that teach. A short batch leaves rows of weight 0. */
export function digitBatch(
  set: DigitSet,
  rows: ArrayLike<number>,
  size: number,
  senses: readonly Modality[],
): BatchArrays {
  const xAudio = new Float32Array(size * sizeOf('audio'));
  const xVideo = new Float32Array(size * sizeOf('video'));
  gather(set, 'audio', rows, xAudio);
  gather(set, 'video', rows, xVideo);
  const labels = new Float32Array(size * COLUMNS);
  for (let i = 0; i < rows.length; i++) labels[i * COLUMNS + set.labels[rows[i]!]!] = 1;
  const taught = (teaches: boolean): Float32Array =>
    Float32Array.from({ length: size }, (_, i) => (teaches && i < rows.length ? 1 : 0));
  const [audio, video] = [senses.includes('audio'), senses.includes('video')];
  return {
    xAudio,
    xVideo,
    labels,
    rejects: new Float32Array(size),
    certain: taught(true),
    weightBoth: taught(audio && video),
    weightAudio: taught(audio),
    weightVideo: taught(video),
  };
}

export type PupilOptions = {
  readonly compile: Compile;
  readonly settings: DigitSettings;
  readonly policy: Pick<TrainingPolicy, 'gradients' | 'senses'>;
  /** First weights and a noisy step's noise come from it. */
  readonly random: Random;
  /** Step weights to trace with: numbers as they occur. */
  readonly weights: StepWeights;
};

export type Lesson = {
  readonly set: DigitSet;
  /** Pictures of the step, at most a batch. */
  readonly rows: ArrayLike<number>;
  readonly centres: Sides<Centres>;
  readonly weights: StepWeights;
  readonly rate: number;
};

export class Pupil {
  readonly #options: PupilOptions;
  readonly #trainee: Trainee;
  readonly #embedders: Sides<CompiledStep>;
  readonly #base: BaseLogits;

  private constructor(options: PupilOptions, trainee: Trainee, embedders: Sides<CompiledStep>) {
    this.#options = options;
    this.#trainee = trainee;
    this.#embedders = embedders;
    this.#base = noBaseLogits(options.settings.batch, COLUMNS);
  }

  /** Compiles the step and both encoders; the same `random` gives the same first weights for every policy. */
  static async open(options: PupilOptions, example: DigitSet): Promise<Pupil> {
    const { compile, settings, policy, random, weights } = options;
    const { encoders, optimizer, batch, fusion } = settings;
    const first = random.fork('weights');
    const named = [
      ...initWeights(encoders.audio, first),
      ...initWeights(encoders.video, first),
      ...startingHead({
        ...{ head: null, fusion, classIds: CLASS_IDS, columns: COLUMNS, width: encoders.audio.width },
        random: random.fork('head'),
      }),
    ];
    const kind = { gradients: policy.gradients, frozen: [], encoders, optimizer, fusion };
    const rows = Uint32Array.from({ length: Math.min(batch, example.count) }, (_, i) => i);
    const trainee = await Trainee.open(
      { compile, weights: named, classes: COLUMNS, rows: batch, kind, noise: random.fork('noise') },
      {
        batch: digitBatch(example, rows, batch, policy.senses),
        classMask: CLASS_MASK,
        audio: exampleCentres(encoders.audio.width),
        video: exampleCentres(encoders.video.width),
        base: noBaseLogits(batch, COLUMNS),
      },
      weights,
    );
    const embedders = {
      audio: await embedder(options, named, example, 'audio'),
      video: await embedder(options, named, example, 'video'),
    };
    return new Pupil(options, trainee, embedders);
  }

  step({ set, rows, centres, weights, rate }: Lesson): StepOutcome {
    const { settings, policy } = this.#options;
    const batch = digitBatch(set, rows, settings.batch, policy.senses);
    return this.#trainee.step({ batch, classMask: CLASS_MASK, ...centres, base: this.#base }, weights, rate);
  }

  /** Representations [N, D] of these pictures by the weights as they are. */
  embed(set: DigitSet, side: Modality, rows: Uint32Array): Matrix {
    const { settings } = this.#options;
    const { width } = settings.encoders[side];
    const weights = weightTensors(this.#trainee.weights(), this.#options, side);
    const z = zeros(rows.length, width);
    const pictures = new Float32Array(EMBED_ROWS * sizeOf(side));
    for (let from = 0; from < rows.length; from += EMBED_ROWS) {
      const part = rows.subarray(from, from + EMBED_ROWS);
      gather(set, side, part, pictures);
      const x = pictureTensor(pictures, this.#options, side);
      const { z: made } = this.#embedders[side].run({ x, ...weights });
      z.values.set((made?.dataSync() ?? new Float32Array(0)).slice(0, part.length * width), from * width);
      tf.dispose([x, ...(made ? [made] : [])]);
    }
    tf.dispose(weights);
    return z;
  }

  /** The head as it is, a copy. */
  head(): Head {
    const { fusion, encoders } = this.#options.settings;
    const weights = this.#trainee.weights();
    return headFromTrained({ fusion, classIds: CLASS_IDS, width: encoders.audio.width, weights, gate: 1 });
  }

  /** Idempotent. */
  dispose(): void {
    this.#trainee.dispose();
    this.#embedders.audio.dispose();
    this.#embedders.video.dispose();
  }
}

/** Prototypes for tracing: none two alike, every digit seen. */
function exampleCentres(width: number): Centres {
  const values = Float32Array.from({ length: COLUMNS * width }, (_, i) => Math.sin(i));
  return { values, seen: CLASS_MASK };
}

function pictureTensor(pictures: Float32Array, { settings }: PupilOptions, side: Modality): tf.Tensor {
  return tf.tensor(pictures, [EMBED_ROWS, ...settings.encoders[side].input]);
}

function weightTensors(
  weights: readonly NamedArray[],
  { settings }: PupilOptions,
  side: Modality,
): Record<string, tf.Tensor> {
  const wanted = new Set(weightShapes(settings.encoders[side]).map(({ name }) => name));
  return Object.fromEntries(
    weights
      .filter(({ name }) => wanted.has(name))
      .map(({ name, shape, values }) => [name, tf.tensor(values, [...shape])]),
  );
}

async function embedder(
  options: PupilOptions,
  weights: readonly NamedArray[],
  example: DigitSet,
  side: Modality,
): Promise<CompiledStep> {
  const spec = options.settings.encoders[side];
  const names = weightShapes(spec).map(({ name }) => name);
  const pictures = new Float32Array(EMBED_ROWS * sizeOf(side));
  gather(
    example,
    side,
    Uint32Array.from({ length: Math.min(EMBED_ROWS, example.count) }, (_, i) => i),
    pictures,
  );
  const examples = { x: pictureTensor(pictures, options, side), ...weightTensors(weights, options, side) };
  try {
    return await options.compile(
      `digits-${side}`,
      ({ x, ...given }) => {
        const ordered = names.flatMap((name) => given[name] ?? []);
        return x ? { z: encode(spec, x.reshape([EMBED_ROWS, ...spec.input]), ordered) } : {};
      },
      examples,
    );
  } finally {
    tf.dispose(examples);
  }
}
