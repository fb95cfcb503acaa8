import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { type AdapterSpec, adapterOf } from '../../../src/model/adapter.ts';
import {
  audioEncoder,
  encode,
  encodersOf,
  initWeights,
  inputSize,
  PRODUCT_ENCODERS,
  parameterCount,
  videoEncoder,
  weightShapes,
} from '../../../src/model/encoders.ts';
import { random } from '../../../src/random.ts';

const spec: AdapterSpec = { modality: 'video', input: [200], hidden: 8, width: 96 };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('an adapter', () => {
  it('has a projection beside a hidden layer', () => {
    expect(parameterCount(spec)).toBe(200 * 96 + 200 * 8 + 8 + 8 * 96 + 96);
    expect(inputSize(spec)).toBe(200);
  });

  it('begins as a projection that keeps distances, its hidden layer silent', () => {
    const arrays = initWeights(spec, random(1));
    const weights = arrays.map(({ values, shape }) => tf.tensor(values, [...shape]));
    const source = random(2);
    const rows = Float32Array.from({ length: 40 * 200 }, () => source.normal());
    const z = encode(spec, tf.tensor2d(rows, [40, 200]), weights).arraySync();
    const far = (a: readonly number[], b: readonly number[]): number =>
      Math.hypot(...a.map((value, i) => value - (b[i] ?? 0)));
    for (let i = 1; i < 40; i++) {
      // a projection from 200 numbers to 96 makes everything smaller by the root of their ratio
      const before =
        Math.sqrt(96 / 200) * far([...rows.subarray(0, 200)], [...rows.subarray(200 * i, 200 * (i + 1))]);
      // 96 numbers: a deviation of 1 / sqrt(2 * 96) = 0.07 of the distance, so five of them
      expect(Math.abs(far(z[0] ?? [], z[i] ?? []) / before - 1)).toBeLessThan(0.36);
    }
  });

  it('equals a plain loop', () => {
    const tiny: AdapterSpec = { modality: 'audio', input: [2], hidden: 1, width: 1 };
    const weights = [
      tf.tensor([1, 2], [2, 1]),
      tf.tensor([3, 4], [2, 1]),
      tf.tensor([5]),
      tf.tensor([6], [1, 1]),
      tf.tensor([7]),
    ];
    const z = encode(tiny, tf.tensor2d([1, 1, -9, 0], [2, 2]), weights);
    // P x + W relu(H x + h) + b
    expect([...z.dataSync()]).toEqual([3 + 6 * (7 + 5) + 7, -9 + 6 * 0 + 7]);
  });

  it('is told from an encoder by its weights, and refuses the input of another backbone', () => {
    const weights = [...initWeights(audioEncoder, random(1)), ...initWeights(spec, random(1))];
    expect(encodersOf(weights)).toEqual({ audio: audioEncoder, video: spec });
    expect(adapterOf('audio', weights)).toBeNull();
    expect(
      encodersOf([...initWeights(audioEncoder, random(1)), ...initWeights(videoEncoder, random(1))]),
    ).toEqual(PRODUCT_ENCODERS);
    const tensors = weightShapes(spec).map(({ shape }) => tf.zeros([...shape]));
    expect(() => encode(spec, tf.zeros([1, 100]), tensors)).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }),
    );
  });
});
