import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import {
  audioEncoder,
  type EncoderSpec,
  encode,
  initWeights,
  type NamedArray,
  parameterCount,
  TOTAL_PARAMETERS,
  videoEncoder,
  weightShapes,
} from '../../../src/model/encoders.ts';
import { random } from '../../../src/random.ts';

/** Small enough for the pure JavaScript backend. */
const tiny: EncoderSpec = {
  modality: 'audio',
  input: [8, 6, 2],
  convs: [
    { channels: 4, stride: 2 },
    { channels: 5, stride: 1 },
  ],
  width: 3,
};

const toTensors = (arrays: readonly NamedArray[]): tf.Tensor[] =>
  arrays.map(({ values, shape }) => tf.tensor(values, [...shape]));

function inputs(spec: EncoderSpec, batch: number, seed: number): tf.Tensor4D {
  const source = random(seed);
  const [height, width, channels] = spec.input;
  const values = Float32Array.from({ length: batch * height * width * channels }, () => source.normal());
  return tf.tensor4d(values, [batch, height, width, channels]);
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('weightShapes', () => {
  it('adds up to the documented sizes', () => {
    // kernels 9 * in * out, scale and shift 2 * out, dense in * 96 + 96
    const audio = 9 * (2 * 24 + 24 * 48 + 48 * 96 + 96 * 160 + 160 * 160) + 2 * 488 + 160 * 96 + 96;
    const video = 9 * (6 * 24 + 24 * 48 + 48 * 96 + 96 * 160 + 160 * 192) + 2 * 520 + 192 * 96 + 96;
    expect(parameterCount(audioEncoder)).toBe(audio);
    expect(parameterCount(videoEncoder)).toBe(video);
    expect(TOTAL_PARAMETERS).toBe(audio + video);
    expect(TOTAL_PARAMETERS).toBe(924_768);
  });

  it('names every weight once over both encoders', () => {
    const names = [...weightShapes(audioEncoder), ...weightShapes(videoEncoder)].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('initWeights', () => {
  it('gives the same values for the same seed and others for another', () => {
    const values = (seed: number) => initWeights(tiny, random(seed)).map((array) => [...array.values]);
    expect(values(1)).toEqual(values(1));
    expect(values(1)).not.toEqual(values(2));
  });

  it('draws kernels with He deviation, scale 1, shift and bias 0', () => {
    const byName = new Map(initWeights(audioEncoder, random(3)).map((array) => [array.name, array.values]));
    const kernel = byName.get('audio/conv4/kernel') ?? new Float32Array();
    const deviation = Math.sqrt(kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length);
    expect(deviation).toBeCloseTo(Math.sqrt(2 / (9 * 96)), 3);
    expect([...(byName.get('audio/conv1/scale') ?? [])].every((value) => value === 1)).toBe(true);
    expect([...(byName.get('audio/conv1/shift') ?? [1])].every((value) => value === 0)).toBe(true);
    expect([...(byName.get('audio/dense/bias') ?? [1])].every((value) => value === 0)).toBe(true);
  });
});

describe('encode', () => {
  it('equals a plain loop over one convolution, normalization and average', () => {
    const spec: EncoderSpec = {
      modality: 'audio',
      input: [2, 2, 1],
      convs: [{ channels: 1, stride: 1 }],
      width: 1,
    };
    // The kernel passes its middle through, so the normalized input is what the ReLU sees.
    const kernel = [0, 0, 0, 0, 1, 0, 0, 0, 0];
    const weights = [
      tf.tensor(kernel, [3, 3, 1, 1]),
      tf.tensor([2]),
      tf.tensor([0.5]),
      tf.tensor([3], [1, 1]),
      tf.tensor([-1]),
    ];
    const z = encode(spec, tf.tensor4d([1, 2, 3, 6], [1, 2, 2, 1]), weights).dataSync();
    // mean 3, variance (4 + 1 + 0 + 9) / 4
    const deviation = Math.sqrt((4 + 1 + 0 + 9) / 4 + 1e-5);
    const hidden = [-2, -1, 0, 3].map((centred) => Math.max(0, (centred / deviation) * 2 + 0.5));
    const average = hidden.reduce((sum, value) => sum + value, 0) / 4;
    expect(z[0]).toBeCloseTo(3 * average - 1, 5);
  });

  it('gives each window the same representation alone and in a batch', () => {
    const weights = toTensors(initWeights(tiny, random(1)));
    const batch = inputs(tiny, 3, 2);
    const together = encode(tiny, batch, weights).arraySync();
    const alone = encode(tiny, batch.slice([1, 0, 0, 0], [1, 8, 6, 2]), weights).arraySync();
    alone[0]?.forEach((value, i) => {
      expect(value).toBeCloseTo(together[1]?.[i] ?? Number.NaN, 5);
    });
  });

  it('ignores the gain of its input after the first convolution', () => {
    const weights = toTensors(initWeights(tiny, random(1)));
    const x = inputs(tiny, 1, 2);
    const plain = encode(tiny, x, weights).dataSync();
    const louder = encode(tiny, x.mul(10), weights).dataSync();
    plain.forEach((value, i) => {
      expect(louder[i]).toBeCloseTo(value, 3); // eps is 1e-5 against a variance of order 1
    });
  });

  it('stays finite on a constant input, as silence and darkness are', () => {
    const weights = toTensors(initWeights(tiny, random(1)));
    const loss = (x: tf.Tensor4D): tf.Scalar => encode(tiny, x, weights).square().sum<tf.Scalar>();
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss(x.as4D(1, 8, 6, 2)))(
      tf.zeros([1, 8, 6, 2]),
    );
    expect([...value.dataSync(), ...grad.dataSync()].every(Number.isFinite)).toBe(true);
  });

  it('has the gradient that central differences find, for a weight of every kind', () => {
    const arrays = initWeights(tiny, random(5));
    const x = inputs(tiny, 2, 6);
    const target = tf.tensor2d([0.3, -0.2, 0.1, 0.5, 0.4, -0.6], [2, 3]);
    const loss = (...weights: tf.Tensor[]): tf.Scalar =>
      encode(tiny, x, weights).mul(target).sum<tf.Scalar>();
    const gradients = tf.grads(loss)(toTensors(arrays));
    const step = 2e-3; // small enough to stay on one side of the ReLUs, large against float32 rounding
    arrays.forEach((array, k) => {
      const at = Math.floor(array.values.length / 2);
      const shifted = (by: number): number => {
        const moved = arrays.map((other, j) => {
          const values = Float32Array.from(other.values);
          if (j === k) values[at] = (values[at] ?? 0) + by;
          return { ...other, values };
        });
        return loss(...toTensors(moved)).dataSync()[0] ?? Number.NaN;
      };
      const numeric = (shifted(step) - shifted(-step)) / (2 * step);
      const analytic = gradients[k]?.dataSync()[at] ?? Number.NaN;
      expect(Math.abs(analytic - numeric), array.name).toBeLessThan(0.02 * Math.max(0.1, Math.abs(numeric)));
    });
  });

  it('leaves only its result behind', () => {
    const weights = toTensors(initWeights(tiny, random(1)));
    const x = inputs(tiny, 1, 2);
    const before = tf.memory().numTensors;
    const z = encode(tiny, x, weights);
    expect(tf.memory().numTensors).toBe(before + 1);
    z.dispose();
  });

  it('refuses a foreign shape and a missing weight with ERR_SHAPE', () => {
    const weights = toTensors(initWeights(tiny, random(1)));
    expect(() => encode(tiny, tf.zeros([1, 8, 8, 2]), weights)).toThrow(/takes \[B,8,6,2\]/);
    expect(() => encode(tiny, inputs(tiny, 1, 1), weights.slice(1))).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }),
    );
  });
});
