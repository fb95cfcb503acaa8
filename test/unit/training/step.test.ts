/** The training step and its trainee, eagerly on whichever backend this machine has. */
import { beforeAll, describe, expect, it } from 'vitest';

import { FUSION_NAMES, type FusionName } from '../../../proto/fusions.ts';
import { type ComputeBackend, openBackend } from '../../../server/compute/backend.ts';
import { eager } from '../../../server/compute/compiled.ts';
import { audioEncoder, initWeights, type NamedArray, videoEncoder } from '../../../src/model/encoders.ts';
import { type Random, random } from '../../../src/random.ts';
import { noBaseLogits } from '../../../src/training/base-logits.ts';
import { type BatchArrays, emptyBatch, writeBatch } from '../../../src/training/batch.ts';
import { JOINT_WEIGHTS, type StepWeights } from '../../../src/training/policies/policy.ts';
import type { Labelled } from '../../../src/training/replay-buffer.ts';
import { startingHead } from '../../../src/training/starting-head.ts';
import { PLAIN_STEP, type StepKind, trainedShapes, trainingStep } from '../../../src/training/step.ts';
import { type Compile, columnsFor, type StepData, Trainee } from '../../../src/training/trainee.ts';
import { labelled } from './labelled.ts';

const ROWS = 4;
const compile: Compile = async (_, fn) => eager(fn);
const UNI_MODAL: StepWeights = { ...JOINT_WEIGHTS, uniModal: 0.5 };
/** Every term on: audio pushed, video held back. */
const PUSHED: StepWeights = { ...UNI_MODAL, alpha: 1, beta: 1, mu: 0.01 };

let backend: ComputeBackend;
beforeAll(async () => {
  backend = await openBackend('eager');
});

const encodersFrom = (source: Random): readonly NamedArray[] => [
  ...initWeights(audioEncoder, source),
  ...initWeights(videoEncoder, source),
];

function freshHead(columns: number, fusion: FusionName): readonly NamedArray[] {
  const classIds = [0, 1, 2, 3].map((kind) => `class-${kind}`);
  return startingHead({ head: null, fusion, classIds, columns, width: 96, random: random(4) });
}

function weightsFor(classes: number, fusion: FusionName = 'concat'): readonly NamedArray[] {
  const source = random(3);
  if (fusion !== 'concat') return [...encodersFrom(source), ...freshHead(classes, fusion)];
  const head = trainedShapes(classes)
    .filter(({ name }) => name.startsWith('head/'))
    .map(({ name, shape }) => {
      const [rows, columns] = shape.length === 2 ? [shape[0] ?? 0, shape[1] ?? 0] : [1, shape[0] ?? 0];
      const values = new Float32Array(rows * columns);
      // The same first four columns whatever the padding.
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < 4; c++)
          values[r * columns + c] = shape.length === 2 ? 0.05 * Math.sin(7 * r + c) : 0;
      return { name, shape, values };
    });
  return [...encodersFrom(source), ...head];
}

function dataOf(items: readonly Labelled[], classes: number): StepData {
  const columns = new Map([0, 1, 2, 3].map((kind) => [`class-${kind}`, kind]));
  const batch: BatchArrays = emptyBatch(ROWS, classes);
  writeBatch(batch, items, {
    columns,
    classes,
    random: random(1),
    augmentation: { mel: null, picture: null },
  });
  const seen = Float32Array.from({ length: classes }, (_, k) => (k < 4 ? 1 : 0));
  const values = Float32Array.from({ length: classes * 96 }, (_, i) => (i < 4 * 96 ? Math.sin(i) : 0));
  const base = noBaseLogits(ROWS, classes);
  return { batch, classMask: seen, audio: { values, seen }, video: { values, seen }, base };
}

const four = [0, 1, 2, 3].map((kind) => labelled(kind, kind + 1));
const open = (data: StepData, classes = 16, kind: StepKind = PLAIN_STEP): Promise<Trainee> =>
  Trainee.open(
    { compile, weights: weightsFor(classes, kind.fusion), classes, rows: ROWS, kind, noise: random(11) },
    data,
    UNI_MODAL,
  );

const changed = (before: readonly NamedArray[], after: readonly NamedArray[], prefix: string): boolean =>
  before.some(
    ({ name, values }, i) => name.startsWith(prefix) && values.some((v, n) => v !== after[i]?.values[n]),
  );

const distance = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));

describe('trainingStep', () => {
  it('lowers the loss of one batch and leaks no tensor', async () => {
    const data = dataOf(four, 16);
    const trainee = await open(data);
    const losses: number[] = [];
    const weights = PUSHED;
    const before = backend.tensors();
    for (let i = 0; i < 6; i++) losses.push(trainee.step(data, weights, 1e-3).loss);
    expect(backend.tensors()).toBe(before);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    trainee.dispose();
    trainee.dispose();
  });

  it('trains one encoder alone when every label is of one sense', async () => {
    const data = dataOf(
      four.map((item) => ({ ...item, label: { ...item.label, scope: 'audio' } })),
      16,
    );
    const trainee = await open(data);
    const before = trainee.weights();
    trainee.step(data, UNI_MODAL, 1e-3);
    const after = trainee.weights();
    expect(changed(before, after, 'audio/')).toBe(true);
    expect(changed(before, after, 'video/')).toBe(false);
    trainee.dispose();
  });

  it('freezes an encoder whose rate is 0', async () => {
    const data = dataOf(four, 16);
    const trainee = await open(data);
    const before = trainee.weights();
    trainee.step(data, { ...UNI_MODAL, audioRate: 0 }, 1e-3);
    const after = trainee.weights();
    expect(changed(before, after, 'audio/')).toBe(false);
    expect(changed(before, after, 'video/')).toBe(true);
    trainee.dispose();
  });

  it('moves the others by the features of a frozen encoder as if it ran at a rate of 0', async () => {
    const data = dataOf(four, 16);
    const still = await open(data);
    const weights = { ...PUSHED, videoRate: 0 };
    const outcome = still.step(data, weights, 1e-3);
    // Its windows are not read: they may hold anything.
    const unread = { ...data.batch, xVideo: new Float32Array(data.batch.xVideo.length).fill(Number.NaN) };
    const cached = { ...data, batch: unread, features: { audio: null, video: outcome.zVideo } };
    const without = await open(cached, 16, { gradients: 'summed', frozen: ['video'] });
    const before = without.weights();
    const given = without.step(cached, weights, 1e-3);
    expect(given.loss).toBeCloseTo(outcome.loss, 5);
    expect(given.zVideo).toEqual(outcome.zVideo);
    expect(given.videoScores).toBeCloseTo(outcome.videoScores, 5);
    expect(given.gradientNorm).toBeLessThan(outcome.gradientNorm);
    expect(changed(before, without.weights(), 'video/')).toBe(false);
    expect(changed(before, without.weights(), 'audio/')).toBe(true);
    expect(changed(before, without.weights(), 'head/')).toBe(true);
    expect(() => without.step(data, weights, 1e-3)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
    without.dispose();
    still.dispose();
  });

  it('leaves out what no weight asks for, and says so where one does', async () => {
    const data = dataOf(four, 16);
    const [lean, whole] = [await open(data, 16, { ...PLAIN_STEP, terms: ['own'] }), await open(data)];
    const outcomes = [lean.step(data, UNI_MODAL, 1e-3), whole.step(data, UNI_MODAL, 1e-3)];
    expect(outcomes[0]?.loss).toBeCloseTo(outcomes[1]?.loss ?? 0, 6);
    expect(outcomes[0]?.gradientNorm).toBeCloseTo(outcomes[1]?.gradientNorm ?? 0, 4);
    expect(outcomes[0]?.audioScores).toBe(outcomes[1]?.audioScores);
    for (const [change, term] of [
      [{ alpha: 1 }, 'pce'],
      [{ mu: 0.01 }, 'per'],
      [{ kappa: 0.2 }, 'matching'],
    ] as const)
      expect(() => lean.step(data, { ...UNI_MODAL, ...change }, 1e-3)).toThrow(new RegExp(`without ${term}`));
    lean.dispose();
    whole.dispose();
  });

  it('holds the logits of what the base has learned to the base’s, and no others', async () => {
    const plain = dataOf(four, 16);
    const base = noBaseLogits(ROWS, 16);
    base.known.fill(1, 0, 2); // two of the classes
    base.weights[1] = 1; // one of the samples
    const trainee = await open(plain);
    const free = trainee.step({ ...plain, base }, UNI_MODAL, 0).loss;
    const held = trainee.step({ ...plain, base }, { ...UNI_MODAL, kappa: 1 }, 0).loss;
    base.logits.fill(100, 32); // rows that carry no weight
    expect(trainee.step({ ...plain, base }, { ...UNI_MODAL, kappa: 1 }, 0).loss).toBeCloseTo(held, 5);
    expect(held).toBeGreaterThan(free);
    base.logits.fill(10, 16, 18); // far above any logit of a fresh head: (f - 10)^2, nearly 100, is a mean over classes
    const far = trainee.step({ ...plain, base }, { ...UNI_MODAL, kappa: 1 }, 0).loss - free;
    expect(far).toBeGreaterThan(80);
    expect(far).toBeLessThan(120);
    trainee.dispose();
  });

  it.each(['noisy', 'pareto'] as const)(
    '%s gradients lower the loss, repeatably, and leak nothing',
    async (gradients) => {
      const data = dataOf(four, 16);
      const run = async (): Promise<readonly number[]> => {
        const trainee = await open(data, 16, { gradients, frozen: [] });
        const before = backend.tensors();
        const losses = [0, 1, 2, 3].map(() => trainee.step(data, { ...UNI_MODAL, uniModal: 1 }, 1e-3).loss);
        expect(backend.tensors()).toBe(before);
        trainee.dispose();
        return losses;
      };
      const losses = await run();
      expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
      expect(await run()).toEqual(losses);
    },
  );

  it.each(FUSION_NAMES)(
    '%s: every term lowers its loss, each sense alone trains its encoder, and nothing leaks',
    async (fusion) => {
      const data = dataOf(four, 16);
      const base = noBaseLogits(ROWS, 16);
      base.known.fill(1, 0, 4);
      base.weights.fill(1);
      const kind: StepKind = { ...PLAIN_STEP, fusion };
      const trainee = await open({ ...data, base }, 16, kind);
      const before = backend.tensors();
      const losses = [0, 1, 2, 3].map(
        () => trainee.step({ ...data, base }, { ...PUSHED, kappa: 0.2 }, 1e-3).loss,
      );
      expect(backend.tensors()).toBe(before);
      expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
      trainee.dispose();
      for (const [scope, other] of [
        ['audio', 'video'],
        ['video', 'audio'],
      ] as const) {
        const alone = dataOf(
          four.map((item) => ({ ...item, label: { ...item.label, scope } })),
          16,
        );
        const one = await open(alone, 16, kind);
        const weights = one.weights();
        one.step(alone, UNI_MODAL, 1e-3);
        expect(changed(weights, one.weights(), `${scope}/`)).toBe(true);
        expect(changed(weights, one.weights(), `${other}/`)).toBe(false);
        one.dispose();
      }
    },
  );

  it('scores each half of the head beside the prototypes', async () => {
    const data = dataOf(four, 16);
    const trainee = await open(data);
    const { audioHeadScores, videoHeadScores } = trainee.step(data, UNI_MODAL, 1e-3);
    for (const sum of [audioHeadScores, videoHeadScores]) {
      expect(sum).toBeGreaterThan(0);
      expect(sum).toBeLessThan(ROWS);
    }
    trainee.dispose();
  });

  it('is not moved by padding: rows without weight and columns without a class', async () => {
    const two = four.slice(0, 2);
    const padded = dataOf(two, 64);
    padded.batch.xAudio.fill(5, 2 * 96 * 64 * 2); // the rows that carry no weight
    const [narrow, wide] = [await open(dataOf(two, 16)), await open(padded, 64)];
    const weights = PUSHED;
    const [a, b] = [narrow.step(dataOf(two, 16), weights, 1e-3), wide.step(padded, weights, 1e-3)];
    expect(b.loss).toBeCloseTo(a.loss, 5);
    expect(b.audioScores).toBeCloseTo(a.audioScores, 5);
    // Float32 sums in another order over 64 columns.
    expect(b.gradientNorm / a.gradientNorm).toBeCloseTo(1, 4);
    narrow.dispose();
    wide.dispose();
  });

  it('makes "not this" less probable', async () => {
    const items = four.map((item) => ({ ...item, label: { ...item.label, kind: 'not-class' } as const }));
    const data = dataOf(items, 16);
    expect([...data.batch.certain]).toEqual([0, 0, 0, 0]);
    const trainee = await open(data);
    const losses = [0, 1, 2, 3].map(() => trainee.step(data, UNI_MODAL, 1e-3).loss);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    trainee.dispose();
  });

  it('shows a number that is not finite in the gradient norm', async () => {
    const data = dataOf(four, 16);
    const trainee = await open(data);
    data.batch.xVideo[0] = Number.NaN;
    const { loss, gradientNorm } = trainee.step(data, UNI_MODAL, 1e-3);
    expect(Number.isFinite(loss) && Number.isFinite(gradientNorm)).toBe(false);
    trainee.dispose();
  });

  it('moves by momentum along the clipped gradient, and on without one', async () => {
    const data = dataOf(four, 16);
    const optimizer = { rule: 'momentum', clip: 0.5, weightDecay: 0 } as const;
    const trainee = await open(data, 16, { ...PLAIN_STEP, optimizer });
    const moves = (before: readonly NamedArray[], after: readonly NamedArray[]): number =>
      Math.hypot(...before.map(({ values }, i) => distance(values, after[i]?.values ?? values)));
    const first = trainee.weights();
    const { gradientNorm } = trainee.step(data, UNI_MODAL, 0.1);
    expect(gradientNorm).toBeGreaterThan(0.5);
    const second = trainee.weights();
    expect(moves(first, second)).toBeCloseTo(0.1 * 0.5, 4);
    // Without a sample there is no gradient: nine tenths of the velocity are left.
    trainee.step(dataOf([], 16), UNI_MODAL, 0.1);
    expect(moves(second, trainee.weights())).toBeCloseTo(0.1 * 0.5 * 0.9, 4);
    trainee.dispose();
  });

  it('trains encoders of another shape, whose weights decay where nothing else moves them', async () => {
    const convs = [{ channels: 2, stride: 2 }] as const;
    const encoders = {
      audio: { modality: 'audio', input: [8, 8, 1], convs, width: 5 },
      video: { modality: 'video', input: [8, 8, 3], convs, width: 5 },
    } as const;
    const optimizer = { rule: 'momentum', clip: 1, weightDecay: 0.5 } as const;
    const kind = { ...PLAIN_STEP, encoders, optimizer };
    const weights = trainedShapes(16, { encoders }).map(({ name, shape }) => {
      const size = shape.reduce((product, side) => product * side, 1);
      return { name, shape, values: Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1)) };
    });
    const base = dataOf([], 16);
    const centres = { values: new Float32Array(16 * 5), seen: base.classMask };
    const batch = {
      ...base.batch,
      xAudio: Float32Array.from({ length: ROWS * 64 }, (_, i) => Math.cos(i)),
      xVideo: Float32Array.from({ length: ROWS * 192 }, (_, i) => Math.cos(i)),
    };
    const data = { ...base, batch, audio: centres, video: centres };
    const trainee = await Trainee.open({ compile, weights, classes: 16, rows: ROWS, kind }, data, UNI_MODAL);
    expect(trainee.step(data, UNI_MODAL, 0.1).zVideo).toHaveLength(ROWS * 5);
    for (const [i, { values }] of trainee.weights().entries())
      expect(
        distance(
          values,
          (weights[i]?.values ?? values).map((value) => value * 0.95),
        ),
      ).toBeLessThan(1e-4);
    trainee.dispose();
  });

  it('names a missing input with ERR_SHAPE', () => {
    expect(() => trainingStep(16)({})).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});

describe('columnsFor', () => {
  it.each([
    [1, 16],
    [16, 16],
    [17, 64],
    [256, 256],
  ])('%i classes take %i columns', (classes, columns) => {
    expect(columnsFor(classes)).toBe(columns);
  });

  it('rejects more than 256 classes with ERR_CLASS_COUNT', () => {
    expect(() => columnsFor(257)).toThrow(expect.objectContaining({ code: 'ERR_CLASS_COUNT' }));
  });
});
