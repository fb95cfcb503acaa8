import { describe, expect, it } from 'vitest';

import { random } from '../../../src/random.ts';
import { augmentEmbedding, EMBEDDING_AUGMENTATION } from '../../../src/training/augment-embedding.ts';

describe('augmentEmbedding', () => {
  it('drops a tenth and leaves the rest near what it was, the same for the same seed', () => {
    const of = (seed: number): Float32Array => {
      const values = new Float32Array(2000).fill(3);
      augmentEmbedding(values, random(seed), EMBEDDING_AUGMENTATION);
      return values;
    };
    const values = of(1);
    const dropped = values.filter((value) => value === 0).length;
    // 2000 draws at 0.1: 200, deviation 13; five of them
    expect(Math.abs(dropped - 200)).toBeLessThan(67);
    expect(values.every((value) => value === 0 || Math.abs(value - 3) < 0.6)).toBe(true);
    expect(of(1)).toEqual(values);
    expect(of(2)).not.toEqual(values);
  });
});
