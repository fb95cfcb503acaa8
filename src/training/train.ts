/**
 * Runs the steps of one round: draws augmented batches, moves the weights, keeps the paper's prototypes as it goes.
 *
 * A pure function of its options on one backend: the same weights, buffer, plan and seed give the same result bit for bit.
 */
import { DEFAULT_FUSION, type FusionName } from '../../proto/fusions.ts';
import type { Modality } from '../../proto/messages.ts';
import { ShapeError } from '../errors.ts';
import { hasSide } from '../features/sample-sides.ts';
import {
  type EncoderPair,
  type NamedArray,
  PRODUCT_ENCODERS,
  REPRESENTATION_WIDTH,
} from '../model/encoders.ts';
import { type Head, headFromTrained } from '../model/head.ts';
import { zeros } from '../pmr/matrix.ts';
import { random } from '../random.ts';
import { type Anchors, noBaseLogits, sampleKey, writeBaseLogits } from './base-logits.ts';
import {
  AUGMENTATION,
  type Augmentation,
  type BatchArrays,
  emptyBatch,
  teaches,
  writeBatch,
} from './batch.ts';
import { MovingCentres } from './centres.ts';
import type { Embedded } from './judging.ts';
import {
  type CentreRule,
  type GradientRule,
  LOSS_TERMS,
  type Schedule,
  type StepWeights,
} from './policies/policy.ts';
import { BATCH_MIX, batchesOf, type Labelled, type ReplayBuffer } from './replay-buffer.ts';
import { startingHead } from './starting-head.ts';
import {
  type Compile,
  columnsFor,
  type Features,
  type StepData,
  type StepOutcome,
  Trainee,
} from './trainee.ts';

/** How fast the weights move: Adam's rate rises over the first steps, then falls along a cosine. */
export type RatePlan = { readonly rate: number; readonly warmup: number; readonly lastShare: number };

/** The rate of step `step` (from 0) of `steps`. */
export function rateAt({ rate, warmup, lastShare }: RatePlan, step: number, steps: number): number {
  const rise = Math.min(1, (step + 1) / Math.max(1, warmup));
  const fall = (1 + Math.cos((Math.PI * step) / Math.max(1, steps))) / 2;
  return rate * rise * (lastShare + (1 - lastShare) * fall);
}

export type TrainingPlan = {
  readonly steps: number;
  readonly rates: RatePlan;
  readonly schedule: Schedule;
  readonly gradients: GradientRule;
  readonly centres: CentreRule;
  readonly augmentation: Augmentation;
};

/** rho of a batch, null before one had both senses, and the push that it was trained with. */
export type Balance = { readonly rho: number | null; readonly beta: number; readonly gamma: number };

/** From random weights, and from a champion: measured on tuning seeds, see ADR 0021. From a starter, before any label: ADR 0074. */
export const FIRST_RATES: RatePlan = { rate: 1e-3, warmup: 20, lastShare: 0.05 };
export const STARTER_RATES: RatePlan = { rate: 5e-4, warmup: 20, lastShare: 0.1 };
export const LATER_RATES: RatePlan = { rate: 2e-4, warmup: 10, lastShare: 0.1 };

// From about three labelled spans a class masks help; with fewer they cost 3 to 12 points (fewshot.md).
const SPANS_FOR_MASKS = 3;

/** The augmentation that a buffer bears: no masks on the sound while a class has fewer than three spans. */
export function augmentationFor({ byClass }: ReplayBuffer): Augmentation {
  const spans = byClass.map((items) => new Set(items.map(({ label }) => label.seq)).size);
  const { mel } = AUGMENTATION;
  if (!mel || Math.min(...spans) >= SPANS_FOR_MASKS) return AUGMENTATION;
  return { ...AUGMENTATION, mel: { ...mel, maskBands: 0, maskFrames: 0 } };
}

export type TrainOptions = {
  readonly compile: Compile;
  readonly buffer: ReplayBuffer;
  readonly plan: TrainingPlan;
  readonly seed: number;
  /** What the encoders are built like. Default: the product's. */
  readonly specs?: EncoderPair;
  /** Base weights: both encoders, and the head if it has one. */
  readonly encoders: readonly NamedArray[];
  readonly head: Head | null;
  /** Of the head; default concat. */
  readonly fusion?: FusionName;
  /** The base's logits of what it has learned; null: nothing is matched. */
  readonly anchors: Anchors | null;
  /** Representations by the base, by `sampleKey`, of all that may be drawn: a frozen side's are taken from here. */
  readonly embedded?: ReadonlyMap<string, Embedded>;
  /** Called after each step; what it waits for gives way to others. */
  readonly onStep: (step: number, balance: Balance) => Promise<void>;
};

export type Trained = {
  readonly encoders: readonly NamedArray[];
  /** For the buffer's classes, its gate 0: it has not been judged. */
  readonly head: Head;
  /** Of the last step. */
  readonly balance: Balance;
};

type Sides = { readonly audio: MovingCentres; readonly video: MovingCentres };

function updateCentres(
  sides: Sides,
  items: readonly Labelled[],
  columns: ReadonlyMap<string, number>,
  outcome: StepOutcome,
): void {
  const rows = items.flatMap((item, row) => {
    const column = item.label.kind === 'class' ? columns.get(item.classId ?? '') : undefined;
    return column === undefined ? [] : [{ row, column, ...teaches(item) }];
  });
  const width = REPRESENTATION_WIDTH;
  for (const side of ['audio', 'video'] as const) {
    const taught = rows.filter((row) => row[side]);
    const all = side === 'audio' ? outcome.zAudio : outcome.zVideo;
    const z = zeros(taught.length, width);
    taught.forEach(({ row }, i) => {
      z.values.set(all.subarray(row * width, (row + 1) * width), i * width);
    });
    sides[side].update({ z, columns: taught.map(({ column }) => column) });
  }
}

function checkFinite({ loss, gradientNorm }: StepOutcome, step: number): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  const seen = `loss ${loss}, gradient norm ${gradientNorm} at step ${step}`;
  throw new ShapeError('ERR_NOT_FINITE', `${seen}, expected finite numbers: discard the candidate`);
}

/**
 * Trains for `plan.steps` steps.
 *
 * @throws {ShapeError} ERR_NOT_FINITE as soon as a loss, gradient or weight is not finite; ERR_CLASS_COUNT above 256 classes.
 */
export async function train(options: TrainOptions): Promise<Trained> {
  const { buffer, plan, compile, anchors, fusion = DEFAULT_FUSION } = options;
  const { schedule, gradients } = plan;
  const source = random(options.seed);
  const classes = columnsFor(buffer.classIds.length);
  const columns = new Map(buffer.classIds.map((id, column) => [id, column]));
  const next = batchesOf(buffer, source.fork('batches'));
  const batch = emptyBatch(BATCH_MIX.size, classes, options.specs);
  const base = noBaseLogits(BATCH_MIX.size, classes);
  const { frozen, terms = LOSS_TERMS } = schedule;
  const { augmentation } = plan;
  const writing = { columns, classes, random: source.fork('augmentation'), augmentation, unread: frozen };
  const features = featuresFor(frozen);
  const sides: Sides = {
    audio: new MovingCentres(classes, plan.centres),
    video: new MovingCentres(classes, plan.centres),
  };
  const classMask = Float32Array.from({ length: classes }, (_, i) => (i < columns.size ? 1 : 0));
  const dataOf = (): StepData => ({
    batch,
    classMask,
    base,
    audio: sides.audio.current,
    video: sides.video.current,
    features,
  });
  let observed: Scores = NO_STEP_SCORES;
  const weightsAt = (step: number): StepWeights =>
    schedule.weightsAt({
      step,
      steps: plan.steps,
      ...observed,
      tauAudio: sides.audio.tau,
      tauVideo: sides.video.tau,
    });
  const head = startingHead({
    head: options.head,
    fusion,
    classIds: buffer.classIds,
    columns: classes,
    width: REPRESENTATION_WIDTH,
    random: source.fork('head'),
  });
  const weights = [...options.encoders, ...head];
  writeExample(batch, buffer, writing);
  const { embedded = NOTHING_EMBEDDED } = options;
  writeFeatures(features, buffer.byClass.flat(), embedded);
  const kind = { gradients, frozen, terms, encoders: options.specs ?? PRODUCT_ENCODERS, fusion };
  const trainee = await Trainee.open(
    { compile, weights, classes, rows: BATCH_MIX.size, kind, noise: source.fork('noise') },
    dataOf(),
    weightsAt(0),
  );
  let last = weightsAt(0);
  try {
    for (let step = 0; step < plan.steps; step++) {
      const items = next();
      writeBatch(batch, items, writing);
      writeFeatures(features, items, embedded);
      if (anchors) writeBaseLogits(base, items, anchors, columns);
      last = weightsAt(step);
      const outcome = trainee.step(dataOf(), last, rateAt(plan.rates, step, plan.steps));
      checkFinite(outcome, step);
      updateCentres(sides, items, columns, outcome);
      // A batch without a pair says nothing about the balance: the last one that did stands.
      if (outcome.audioScores + outcome.videoScores > 0) observed = scoresOf(outcome);
      await options.onStep(step, balanceOf(observed, last));
    }
    const { classIds } = buffer;
    return trainedOf(finite(trainee.weights()), { classIds, fusion, balance: balanceOf(observed, last) });
  } finally {
    trainee.dispose();
  }
}

const NOTHING_EMBEDDED: ReadonlyMap<string, Embedded> = new Map();

/** Room for the representations of a batch on each frozen side. */
function featuresFor(frozen: readonly Modality[]): Features {
  const of = (side: Modality): Float32Array | null =>
    frozen.includes(side) ? new Float32Array(BATCH_MIX.size * REPRESENTATION_WIDTH) : null;
  return { audio: of('audio'), video: of('video') };
}

/** Copies what a batch's samples are to each frozen encoder; zeros where there is no such window, and in rows without a sample. */
function writeFeatures(
  features: Features,
  items: readonly Labelled[],
  embedded: ReadonlyMap<string, Embedded>,
): void {
  for (const side of ['audio', 'video'] as const) {
    const into = features[side]?.fill(0);
    if (!into) continue;
    items.slice(0, BATCH_MIX.size).forEach((item, row) => {
      const made = embedded.get(sampleKey(item));
      const z = side === 'audio' ? made?.zAudio : made?.zVideo;
      if (z) into.set(z, row * REPRESENTATION_WIDTH);
      else if (hasSide(item.sample, side)) {
        const seen = `${side} is frozen, and the representation of sample ${sampleKey(item)} is missing`;
        throw new ShapeError('ERR_SHAPE', `${seen}: embed everything that may be drawn`);
      }
    });
  }
}

type Scores = Pick<StepOutcome, 'audioScores' | 'videoScores' | 'audioHeadScores' | 'videoHeadScores'>;
const NO_STEP_SCORES: Scores = { audioScores: 0, videoScores: 0, audioHeadScores: 0, videoHeadScores: 0 };

function scoresOf({ audioScores, videoScores, audioHeadScores, videoHeadScores }: StepOutcome): Scores {
  return { audioScores, videoScores, audioHeadScores, videoHeadScores };
}

function balanceOf({ audioScores, videoScores }: Scores, { beta, gamma }: StepWeights): Balance {
  const rho = audioScores > 0 && videoScores > 0 ? audioScores / videoScores : null;
  return { rho, beta, gamma };
}

/** The gate's first condition: what is not finite is never judged. */
function finite(weights: readonly NamedArray[]): readonly NamedArray[] {
  const broken = weights.find(({ values }) => !values.every(Number.isFinite));
  if (!broken) return weights;
  const seen = `weight ${broken.name} holds a number that is not finite`;
  throw new ShapeError('ERR_NOT_FINITE', `${seen} after the last step: discard the candidate`);
}

/** Fills the batch with unchanged samples, for tracing; draws nothing from the round's randomness. */
function writeExample(
  batch: BatchArrays,
  buffer: ReplayBuffer,
  writing: Parameters<typeof writeBatch>[2],
): void {
  const items = buffer.byClass.flat().slice(0, BATCH_MIX.size);
  writeBatch(batch, items, { ...writing, augmentation: { mel: null, picture: null } });
}

function trainedOf(
  weights: readonly NamedArray[],
  { classIds, fusion, balance }: Pick<Head, 'classIds' | 'fusion'> & { readonly balance: Balance },
): Trained {
  return {
    encoders: weights.filter(({ name }) => !name.startsWith('head/')),
    head: headFromTrained({ fusion, classIds, width: REPRESENTATION_WIDTH, weights, gate: 0 }),
    balance,
  };
}
