import { describe, expect, it } from 'vitest';

import { embeddingInto } from '../../../src/features/embedding.ts';

describe('embeddingInto', () => {
  it('takes the mean away and divides by the deviation', () => {
    const out = new Float32Array(4);
    embeddingInto(out, Float32Array.of(2, 4, 2, 4));
    expect([...out]).toEqual([-1, 1, -1, 1]); // mean 3, deviation 1
  });

  it('gives the same for any gain and offset, and zeros for what is the same everywhere', () => {
    const [one, other, flat] = [new Float32Array(3), new Float32Array(3), new Float32Array(3).fill(9)];
    embeddingInto(one, Float32Array.of(0, 1, 5));
    embeddingInto(other, Float32Array.of(10, 10.25, 11.25));
    other.forEach((value, i) => {
      expect(value).toBeCloseTo(one[i] ?? Number.NaN, 5);
    });
    embeddingInto(flat, Float32Array.of(7, 7, 7));
    expect([...flat]).toEqual([0, 0, 0]);
  });

  it('refuses another width with ERR_SHAPE and what is no number with ERR_NOT_FINITE', () => {
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => embeddingInto(new Float32Array(3), new Float32Array(4))).toThrow(code('ERR_SHAPE'));
    const broken = Float32Array.of(0, Number.NaN);
    expect(() => embeddingInto(new Float32Array(2), broken)).toThrow(code('ERR_NOT_FINITE'));
  });
});
