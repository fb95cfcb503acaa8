import '@tensorflow/tfjs-backend-wasm';

import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { registerTrainingKernels } from '../../../../server/compute/wasm/register.ts';
import { random } from '../../../../src/random.ts';

type Shape = {
  batch: number;
  height: number;
  width: number;
  inputs: number;
  outputs: number;
  kernel: [number, number];
  strides: [number, number];
  pad: 'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]];
};

const drawn = (size: number, seed: number): Float32Array => {
  const source = random(seed);
  return Float32Array.from({ length: size }, () => source.normal());
};

/** Both gradients of `sum(conv(x, w) * weights)` on one backend. */
async function gradients(backend: string, s: Shape): Promise<{ dx: Float32Array; dw: Float32Array }> {
  await tf.setBackend(backend);
  const [rows, columns] = s.kernel;
  return tf.tidy(() => {
    const x = tf.tensor4d(drawn(s.batch * s.height * s.width * s.inputs, 1), [
      s.batch,
      s.height,
      s.width,
      s.inputs,
    ]);
    const w = tf.tensor4d(drawn(rows * columns * s.inputs * s.outputs, 2), [
      rows,
      columns,
      s.inputs,
      s.outputs,
    ]);
    const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) => {
      const y = tf.conv2d(a.as4D(...x.shape), b.as4D(...w.shape), s.strides, s.pad);
      return y.mul(tf.tensor(drawn(y.size, 3), y.shape)).sum();
    })([x, w]);
    if (!dx || !dw) throw new Error('two arguments have two gradients');
    return { dx: Float32Array.from(dx.dataSync()), dw: Float32Array.from(dw.dataSync()) };
  });
}

function largestError(expected: Float32Array, actual: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? 0)) / scale), 0);
}

// Float32 sums in another order; the largest tested sum has about 400 terms.
const TOLERANCE = 2e-5;

const side = fc.integer({ min: 0, max: 2 });
const shape: fc.Arbitrary<Shape> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 5, max: 13 }),
  width: fc.integer({ min: 5, max: 13 }),
  inputs: fc.integer({ min: 1, max: 5 }),
  outputs: fc.integer({ min: 1, max: 5 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  pad: fc.oneof(
    fc.constant<'same'>('same'),
    fc.constant<'valid'>('valid'),
    fc.tuple(
      fc.constant<[number, number]>([0, 0]),
      fc.tuple(side, side),
      fc.tuple(side, side),
      fc.constant<[number, number]>([0, 0]),
    ),
  ),
});

describe('registerTrainingKernels', () => {
  beforeAll(() => {
    registerTrainingKernels();
  });
  afterAll(async () => {
    await tf.setBackend('cpu');
  });

  it('gives the gradients of the pure JavaScript backend on any plain convolution', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (s) => {
        const expected = await gradients('cpu', s);
        const actual = await gradients('wasm', s);
        expect(largestError(expected.dx, actual.dx)).toBeLessThan(TOLERANCE);
        expect(largestError(expected.dw, actual.dw)).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 60 },
    );
  });

  it.each([1, 2, 3])(
    'agrees on the encoder form, 3x3 SAME, stride %i, odd and even sides',
    async (stride) => {
      for (const height of [6, 7, 8, 9]) {
        const s: Shape = {
          batch: 2,
          height,
          width: height + 1,
          inputs: 3,
          outputs: 4,
          kernel: [3, 3],
          strides: [stride, stride],
          pad: 'same',
        };
        const expected = await gradients('cpu', s);
        const actual = await gradients('wasm', s);
        expect(largestError(expected.dx, actual.dx)).toBeLessThan(TOLERANCE);
        expect(largestError(expected.dw, actual.dw)).toBeLessThan(TOLERANCE);
      }
    },
  );

  it('keeps no tensor', async () => {
    const s: Shape = {
      batch: 2,
      height: 9,
      width: 7,
      inputs: 2,
      outputs: 3,
      kernel: [3, 3],
      strides: [2, 2],
      pad: 'same',
    };
    await gradients('wasm', s);
    const before = tf.memory().numTensors;
    await gradients('wasm', s);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('can be called again', () => {
    expect(registerTrainingKernels).not.toThrow();
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeDefined();
  });

  it('refuses a gradient whose attributes it cannot read', async () => {
    await tf.setBackend('wasm');
    tf.tidy(() => {
      const x = tf.ones([1, 4, 4, 1]);
      const dy = tf.ones([1, 4, 4, 1]);
      const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 1] };
      expect(() => tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attrs)).toThrow(TypeError);
    });
  });
});
