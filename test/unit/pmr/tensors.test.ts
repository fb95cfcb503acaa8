import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import {
  crossEntropyLoss,
  entropyLoss,
  type PrototypeBatch,
  pceLoss,
  pmrLoss,
  prototypeLogits,
} from '../../../src/pmr/tensors.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const CENTRES = [
  [0, 0],
  [3, 4],
];
const Z = [
  [0, 0], // exactly on its prototype
  [1, 1],
];
const LABELS = [
  [1, 0],
  [0, 1],
];

const batchOf = (change: Partial<PrototypeBatch> = {}): PrototypeBatch => ({
  z: tf.tensor2d(Z),
  centres: tf.tensor2d(CENTRES),
  labels: tf.tensor2d(LABELS),
  mask: tf.tensor1d([1, 1]),
  weights: tf.tensor1d([1, 1]),
  tau: tf.scalar(1),
  distance: 'euclid',
  ...change,
});

/** The same batch with a padded row and two padded classes. */
const padded = (distance: PrototypeBatch['distance']): PrototypeBatch => ({
  z: tf.tensor2d([...Z, [50, -50]]),
  centres: tf.tensor2d([...CENTRES, [0, 0], [9, 9]]),
  labels: tf.tensor2d([...LABELS.map((row) => [...row, 0, 0]), [0, 0, 0, 0]]),
  mask: tf.tensor1d([1, 1, 0, 0]),
  weights: tf.tensor1d([1, 1, 0]),
  tau: tf.scalar(1),
  distance,
});

function gradientOf(loss: (batch: PrototypeBatch) => tf.Scalar, batch: PrototypeBatch): number[][] {
  const [rows, columns] = batch.z.shape;
  return tf.tidy(() =>
    tf
      .grad((z: tf.Tensor) => loss({ ...batch, z: z.as2D(rows, columns) }))(batch.z)
      .as2D(rows, columns)
      .arraySync(),
  );
}

const losses = { pceLoss, entropyLoss };

describe.each(['euclid', 'sq_euclid'] as const)('losses with %s', (distance) => {
  it.each(Object.entries(losses))('%s has a finite gradient on a prototype', (_, loss) => {
    const gradient = gradientOf(loss, batchOf({ distance }));
    expect(gradient.flat().every(Number.isFinite)).toBe(true);
    expect(gradient[1]?.some((value) => value !== 0)).toBe(true);
  });

  it.each(Object.entries(losses))('%s and its gradient ignore padded rows and masked classes', (_, loss) => {
    const plain = batchOf({ distance });
    expect(loss(padded(distance)).arraySync()).toBeCloseTo(loss(plain).arraySync(), 6);
    const gradient = gradientOf(loss, padded(distance));
    gradientOf(loss, plain)
      .flat()
      .forEach((value, i) => {
        expect(gradient.flat()[i]).toBeCloseTo(value, 6);
      });
    expect(gradient[2]?.map(Math.abs)).toEqual([0, 0]);
  });
});

describe('pceLoss', () => {
  it('is the mean of -log softmax(-d / tau) at the labels', () => {
    const d = [Math.hypot(1, 1), Math.hypot(2, 3)] as const; // of the second sample; the first lies at 0 and 5
    const cost = (own: number, other: number): number => Math.log(1 + Math.exp((own - other) / 2));
    const expected = (cost(0, 5) + cost(d[1], d[0])) / 2;
    expect(pceLoss(batchOf({ tau: tf.scalar(2) })).arraySync()).toBeCloseTo(expected, 5);
  });

  it('costs nothing for a sample whose class has no prototype, and for an empty batch', () => {
    const onlyFirst = batchOf({ mask: tf.tensor1d([1, 0]) });
    expect(pceLoss(onlyFirst).arraySync()).toBeCloseTo(0, 6); // one class is certain
    expect(gradientOf(pceLoss, onlyFirst).flat().every(Number.isFinite)).toBe(true);
    expect(pceLoss(batchOf({ weights: tf.tensor1d([0, 0]) })).arraySync()).toBe(0);
  });

  it('weighs samples', () => {
    const [first, second] = [
      [1, 0],
      [0, 1],
    ].map((weights) => pceLoss(batchOf({ weights: tf.tensor1d(weights) })).arraySync());
    const weighed = pceLoss(batchOf({ weights: tf.tensor1d([3, 1]) })).arraySync();
    expect(weighed).toBeCloseTo((3 * (first ?? 0) + (second ?? 0)) / 4, 6);
  });
});

describe('prototypeLogits', () => {
  it('gives a masked class probability 0 after softmax', () => {
    const p = prototypeLogits(batchOf({ mask: tf.tensor1d([0, 1]) }))
      .softmax()
      .arraySync();
    expect(p).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});

describe('crossEntropyLoss', () => {
  it('is log K for logits that say nothing, K the classes not masked', () => {
    const loss = crossEntropyLoss(tf.zeros([3, 4]), padded('euclid'));
    expect(loss.arraySync()).toBeCloseTo(Math.log(2), 6);
  });
});

describe('pmrLoss', () => {
  it('adds the push and subtracts the crossed entropies', () => {
    const scalars = { fused: 1, pceAudio: 3, pceVideo: 5, entropyAudio: 7, entropyVideo: 11 };
    const weights = { alpha: 2, beta: 0.5, gamma: 0.25, mu: 0.1 };
    const loss = pmrLoss(
      {
        fused: tf.scalar(scalars.fused),
        pceAudio: tf.scalar(scalars.pceAudio),
        pceVideo: tf.scalar(scalars.pceVideo),
        entropyAudio: tf.scalar(scalars.entropyAudio),
        entropyVideo: tf.scalar(scalars.entropyVideo),
      },
      {
        alpha: tf.scalar(weights.alpha),
        beta: tf.scalar(weights.beta),
        gamma: tf.scalar(weights.gamma),
        mu: tf.scalar(weights.mu),
      },
    );
    expect(loss.arraySync()).toBeCloseTo(1 + 2 * (0.5 * 3 + 0.25 * 5) - 0.1 * (0.25 * 7 + 0.5 * 11), 5);
  });

  it('leaves only its result behind, as every loss does', () => {
    const batch = batchOf();
    const before = tf.memory().numTensors;
    for (const loss of [pceLoss, entropyLoss]) loss(batch).dispose();
    crossEntropyLoss(batch.labels, batch).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
