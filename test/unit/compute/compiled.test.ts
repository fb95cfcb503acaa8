import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';

import { eager } from '../../../server/compute/compiled.ts';

describe('eager', () => {
  it('runs the function and keeps no tensor but its outputs', () => {
    const compiled = eager(({ x }) => ({ y: tf.add(x ?? 0, 1).mul(2) }));
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    const { y } = compiled.run({ x });
    expect([...(y?.dataSync() ?? [])]).toEqual([(1 + 1) * 2, (2 + 1) * 2]);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([x, y]);
  });

  it('gives an input that is handed through as a tensor of its own', () => {
    const compiled = eager(({ x = tf.scalar(0) }) => ({ same: x, again: x }));
    const x = tf.tensor1d([5]);
    const outputs = compiled.run({ x });
    tf.dispose(outputs);
    expect([...x.dataSync()]).toEqual([5]);
    x.dispose();
  });
});
