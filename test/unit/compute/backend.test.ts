import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, vi } from 'vitest';

import { openBackend } from '../../../server/compute/backend.ts';

vi.mock('@tensorflow/tfjs-node', () => {
  throw new Error('no addon here');
});

describe('openBackend', () => {
  it.each(['auto', 'graph', 'eager'] as const)(
    'takes wasm for %s where TensorFlow’s library cannot be loaded, and says why',
    async (choice) => {
      const { report } = await openBackend(choice);
      expect(report.backend).toBe('wasm');
      expect(report.reason).toMatch(/^TensorFlow's library cannot be used \(.+\)$/);
      expect(report.remedy).not.toBe('');
      expect(tf.getBackend()).toBe('wasm');
    },
  );

  it('takes wasm where it is asked for, with nothing to remedy', async () => {
    const { report } = await openBackend('wasm');
    expect(report).toEqual({ backend: 'wasm', reason: 'wasm was asked for', remedy: '' });
  });

  it('can train a convolution on wasm', async () => {
    const backend = await openBackend('wasm');
    const x = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
    const w = tf.ones<tf.Rank.R4>([3, 3, 1, 1]);
    const compiled = await backend.compile(
      'gradient',
      ({ x: given = x, w: filter = w }) => {
        const loss = (f: tf.Tensor): tf.Tensor =>
          tf.conv2d(given.as4D(1, 4, 4, 1), f.as4D(3, 3, 1, 1), 1, 'valid').sum();
        return { gradient: tf.grad(loss)(filter) };
      },
      { x, w },
    );
    const { gradient } = compiled.run({ x, w });
    // Each of the nine taps sees a one in each of the 2 x 2 places of the window.
    expect([...(gradient?.dataSync() ?? [])]).toEqual(new Array(9).fill(2 * 2));
    tf.dispose([x, w, gradient]);
  });
});
