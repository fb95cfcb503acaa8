import { describe, expect, it } from 'vitest';

import { headFits, headFromDense, headLogits } from '../../../src/model/head.ts';

// Two classes and one padded column, D = 2: rows are audio 0, audio 1, video 0, video 1.
const kernel = Float32Array.of(1, 2, 99, 3, 4, 99, 5, 6, 99, 7, 8, 99);
const dense = { classIds: ['a', 'b'], kernel, bias: Float32Array.of(0.5, -0.5, 99), gate: 1 };

describe('headFromDense', () => {
  it('transposes, splits by modality and drops the padding', () => {
    const head = headFromDense(dense);
    expect([...head.audio]).toEqual([1, 3, 2, 4]);
    expect([...head.video]).toEqual([5, 7, 6, 8]);
    expect([...head.bias]).toEqual([0.5, -0.5]);
  });

  it('refuses more classes than columns, and halves that do not fit', () => {
    const classIds = ['a', 'b', 'c', 'd'];
    expect(() => headFromDense({ ...dense, classIds })).toThrow(
      expect.objectContaining({ code: 'ERR_CLASS_COUNT' }),
    );
    expect(() => headFromDense({ ...dense, kernel: kernel.slice(1) })).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }),
    );
  });
});

describe('headLogits', () => {
  it('adds up to W z + b, split by modality', () => {
    const { audio, video, bias } = headLogits(headFromDense(dense), [1, 10], [2, 20]);
    expect(audio).toEqual([1 + 30, 2 + 40]);
    expect(video).toEqual([10 + 140, 12 + 160]);
    expect(bias).toEqual([0.5, -0.5]);
  });

  it('refuses another width with ERR_PROTOTYPE_WIDTH', () => {
    expect(() => headLogits(headFromDense(dense), [1], [2, 20])).toThrow(
      expect.objectContaining({ code: 'ERR_PROTOTYPE_WIDTH' }),
    );
  });
});

describe('headFits', () => {
  it('asks for exactly the same classes, in any order', () => {
    const head = headFromDense(dense);
    expect(headFits(head, ['b', 'a'])).toBe(true);
    expect(headFits(head, ['a'])).toBe(false);
    expect(headFits(head, ['a', 'b', 'c'])).toBe(false);
    expect(headFits(head, ['a', 'c'])).toBe(false);
  });
});
