import { describe, expect, it } from 'vitest';

import { halfLogits, headFits, headFromTrained, headLogits } from '../../../src/model/head.ts';

// Two classes and one padded column, D = 2.
const named = (name: string, shape: readonly number[], ...values: readonly number[]) => ({
  name,
  shape,
  values: Float32Array.from(values),
});
const weights = [
  named('audio/dense/bias', [1], 7), // what is no part of a head is passed over
  named('head/audio', [2, 3], 1, 2, 99, 3, 4, 99),
  named('head/video', [2, 3], 5, 6, 99, 7, 8, 99),
  named('head/bias', [3], 0.5, -0.5, 99),
];
const trained = { fusion: 'concat', classIds: ['a', 'b'], width: 2, weights, gate: 1 } as const;

describe('headFromTrained', () => {
  it('gives each class a row and drops the padding', () => {
    const head = headFromTrained(trained);
    expect([...(head.weights['head/audio'] ?? [])]).toEqual([1, 3, 2, 4]);
    expect([...(head.weights['head/video'] ?? [])]).toEqual([5, 7, 6, 8]);
    expect([...(head.weights['head/bias'] ?? [])]).toEqual([0.5, -0.5]);
  });

  it('keeps what all classes share as it is', () => {
    const shared = [
      named('head/scale', [2, 2], 1, 2, 3, 4),
      named('head/scale-bias', [2], 1, 1),
      named('head/shift', [2, 2], 5, 6, 7, 8),
      named('head/shift-bias', [2], 0, 0),
      named('head/kernel', [2, 3], 1, 2, 99, 3, 4, 99),
      named('head/bias', [3], 0.5, -0.5, 99),
    ];
    const head = headFromTrained({ ...trained, fusion: 'film', weights: shared });
    expect([...(head.weights['head/shift'] ?? [])]).toEqual([5, 6, 7, 8]);
    expect([...(head.weights['head/kernel'] ?? [])]).toEqual([1, 3, 2, 4]);
    const short = shared.map((one) => (one.name === 'head/scale' ? named(one.name, [3], 1, 2, 3) : one));
    expect(() => headFromTrained({ ...trained, fusion: 'film', weights: short })).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }),
    );
  });

  it('refuses more classes than columns, and weights that are missing or do not fit', () => {
    const classIds = ['a', 'b', 'c', 'd'];
    expect(() => headFromTrained({ ...trained, classIds })).toThrow(
      expect.objectContaining({ code: 'ERR_CLASS_COUNT' }),
    );
    for (const broken of [weights.slice(2), [named('head/audio', [5], 1, 2, 3, 4, 5), ...weights.slice(2)]])
      expect(() => headFromTrained({ ...trained, weights: broken })).toThrow(
        expect.objectContaining({ code: 'ERR_SHAPE' }),
      );
  });
});

describe('headLogits', () => {
  it('adds up to W z + b, split by modality', () => {
    const { audio, video, bias } = headLogits(headFromTrained(trained), [1, 10], [2, 20]);
    expect(audio).toEqual([1 + 30, 2 + 40]);
    expect(video).toEqual([10 + 140, 12 + 160]);
    expect(bias).toEqual([0.5, -0.5]);
  });

  it('refuses another width with ERR_PROTOTYPE_WIDTH', () => {
    expect(() => headLogits(headFromTrained(trained), [1], [2, 20])).toThrow(
      expect.objectContaining({ code: 'ERR_PROTOTYPE_WIDTH' }),
    );
  });

  it('names a weight that is missing with ERR_SHAPE', () => {
    const head = { ...headFromTrained(trained), weights: {} };
    expect(() => headLogits(head, [1, 10], [2, 20])).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});

describe('halfLogits', () => {
  it('gives a modality its own part with half of the bias', () => {
    const head = headFromTrained(trained);
    expect(halfLogits(head, 'audio', [1, 10])).toEqual([31 + 0.25, 42 - 0.25]);
    expect(halfLogits(head, 'video', [2, 20])).toEqual([150 + 0.25, 172 - 0.25]);
  });
});

describe('headFits', () => {
  it('asks for exactly the same classes, in any order', () => {
    const head = headFromTrained(trained);
    expect(headFits(head, ['b', 'a'])).toBe(true);
    expect(headFits(head, ['a'])).toBe(false);
    expect(headFits(head, ['a', 'b', 'c'])).toBe(false);
    expect(headFits(head, ['a', 'c'])).toBe(false);
  });
});
