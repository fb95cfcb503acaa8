/** The training step and its trainee, eagerly on whichever backend this machine has. */
import { beforeAll, describe, expect, it } from 'vitest';

import { type ComputeBackend, openBackend } from '../../../server/compute/backend.ts';
import { eager } from '../../../server/compute/compiled.ts';
import { audioEncoder, initWeights, type NamedArray, videoEncoder } from '../../../src/model/encoders.ts';
import { random } from '../../../src/random.ts';
import { type BatchArrays, emptyBatch, writeBatch } from '../../../src/training/batch.ts';
import { jointUniModal, uniModalPmr } from '../../../src/training/policy.ts';
import type { Labelled } from '../../../src/training/replay-buffer.ts';
import { trainedShapes, trainingStep } from '../../../src/training/step.ts';
import { type Compile, columnsFor, type StepData, Trainee } from '../../../src/training/trainee.ts';
import { labelled } from './labelled.ts';

const ROWS = 4;
const compile: Compile = async (_, fn) => eager(fn);
const observation = { step: 0, steps: 10, early: true, audioScores: 1, videoScores: 2 };

let backend: ComputeBackend;
beforeAll(async () => {
  backend = await openBackend('eager');
});

function weightsFor(classes: number): readonly NamedArray[] {
  const source = random(3);
  const head = trainedShapes(classes)
    .slice(-2)
    .map(({ name, shape }) => {
      const [rows, columns] = shape.length === 2 ? [shape[0] ?? 0, shape[1] ?? 0] : [1, shape[0] ?? 0];
      const values = new Float32Array(rows * columns);
      // The same first four columns whatever the padding.
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < 4; c++)
          values[r * columns + c] = shape.length === 2 ? 0.05 * Math.sin(7 * r + c) : 0;
      return { name, shape, values };
    });
  return [...initWeights(audioEncoder, source), ...initWeights(videoEncoder, source), ...head];
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
  return { batch, classMask: seen, audio: { values, seen }, video: { values, seen } };
}

const four = [0, 1, 2, 3].map((kind) => labelled(kind, kind + 1));
const open = (data: StepData, classes = 16): Promise<Trainee> =>
  Trainee.open(
    { compile, weights: weightsFor(classes), classes, rows: ROWS },
    data,
    jointUniModal(observation),
  );

const changed = (before: readonly NamedArray[], after: readonly NamedArray[], prefix: string): boolean =>
  before.some(
    ({ name, values }, i) => name.startsWith(prefix) && values.some((v, n) => v !== after[i]?.values[n]),
  );

describe('trainingStep', () => {
  it('lowers the loss of one batch and leaks no tensor', async () => {
    const data = dataOf(four, 16);
    const trainee = await open(data);
    const losses: number[] = [];
    const weights = uniModalPmr(observation);
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
    trainee.step(data, jointUniModal(observation), 1e-3);
    const after = trainee.weights();
    expect(changed(before, after, 'audio/')).toBe(true);
    expect(changed(before, after, 'video/')).toBe(false);
    trainee.dispose();
  });

  it('freezes an encoder whose rate is 0', async () => {
    const data = dataOf(four, 16);
    const trainee = await open(data);
    const before = trainee.weights();
    trainee.step(data, { ...jointUniModal(observation), audioRate: 0 }, 1e-3);
    const after = trainee.weights();
    expect(changed(before, after, 'audio/')).toBe(false);
    expect(changed(before, after, 'video/')).toBe(true);
    trainee.dispose();
  });

  it('is not moved by padding: rows without weight and columns without a class', async () => {
    const two = four.slice(0, 2);
    const padded = dataOf(two, 64);
    padded.batch.xAudio.fill(5, 2 * 96 * 64 * 2); // the rows that carry no weight
    const [narrow, wide] = [await open(dataOf(two, 16)), await open(padded, 64)];
    const weights = uniModalPmr(observation);
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
    const losses = [0, 1, 2, 3].map(() => trainee.step(data, jointUniModal(observation), 1e-3).loss);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    trainee.dispose();
  });

  it('shows a number that is not finite in the gradient norm', async () => {
    const data = dataOf(four, 16);
    const trainee = await open(data);
    data.batch.xVideo[0] = Number.NaN;
    const { loss, gradientNorm } = trainee.step(data, jointUniModal(observation), 1e-3);
    expect(Number.isFinite(loss) && Number.isFinite(gradientNorm)).toBe(false);
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
