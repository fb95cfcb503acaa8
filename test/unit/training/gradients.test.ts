import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import {
  deviationOf,
  fusedShare,
  normOf,
  withNoise,
  withoutConflict,
} from '../../../src/training/gradients.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});
const at = (tensor: tf.Tensor | undefined): number[] => [...(tensor?.dataSync() ?? [])];

describe('normOf', () => {
  it('is that of all gradients together', () => {
    expect(at(normOf([tf.tensor1d([3, 0]), tf.tensor2d([[4], [12]])]))[0]).toBeCloseTo(13, 5);
  });
});

describe('withNoise', () => {
  it('adds noise of the gradient’s own deviation', () => {
    const gradient = tf.tensor1d([1, 3]);
    expect(at(deviationOf(gradient))[0]).toBeCloseTo(1, 6);
    expect(at(withNoise(gradient, tf.tensor1d([0.5, -2])))).toEqual([1.5, 1]);
  });

  it('adds none to a constant one', () => {
    expect(at(deviationOf(tf.tensor1d([2, 2, 2])))[0]).toBeCloseTo(0, 6);
  });
});

describe('fusedShare', () => {
  it('is a half where both agree', () => {
    expect(at(fusedShare([tf.tensor1d([1, 0])], [tf.tensor1d([5, 1])]))[0]).toBe(0.5);
  });

  it('is that of the shortest combination where they conflict', () => {
    // |a (1, 0) + (1 - a) (-1, 2)|^2 is least at a = ((g_u - g_m) . g_u) / |g_m - g_u|^2 = (2 + 4) / (4 + 4)
    expect(at(fusedShare([tf.tensor1d([1, 0])], [tf.tensor1d([-1, 2])]))[0]).toBeCloseTo(6 / 8, 6);
    // Opposite and unlike in length: all of the shorter would be beyond 1.
    expect(at(fusedShare([tf.tensor1d([1, 0])], [tf.tensor1d([-3, 0])]))[0]).toBeCloseTo(12 / 16, 6);
  });
});

describe('withoutConflict', () => {
  it('is one and a half times the sum where both agree', () => {
    const [mixed] = withoutConflict([tf.tensor1d([1, 0])], [tf.tensor1d([1, 2])]);
    expect(at(mixed)).toEqual([1.5 * 2, 1.5 * 2]);
  });

  it('descends on both where they conflict, and is no shorter than the sum', () => {
    const [fused, own] = [tf.tensor1d([4, 1]), tf.tensor1d([-1, 1])];
    const [mixed] = withoutConflict([fused], [own]);
    expect(at(mixed?.mul(fused).sum())[0]).toBeGreaterThanOrEqual(-1e-6);
    expect(at(mixed?.mul(own).sum())[0]).toBeGreaterThanOrEqual(-1e-6);
    expect(at(mixed?.norm())[0]).toBeGreaterThanOrEqual(1.5 * Math.hypot(3, 2) - 1e-5);
  });
});
