import { describe, expect, it } from 'vitest';
import type { Head } from '../../../../../src/model/head.ts';
import { matrixOf } from '../../../../../src/pmr/matrix.ts';
import { DIGITS } from '../../../../bench/learning/digits/data-set.ts';
import { headAnswers, shareRight } from '../../../../bench/learning/digits/judge.ts';

describe('headAnswers', () => {
  it('reads each view through its half of the head, and both together', () => {
    // One feature a view: gray's speaks for 1, coloured's twice as loudly for 2; the bias prefers 3 by half as much as gray.
    const says = (digit: number, loudness: number): Float32Array =>
      Float32Array.from({ length: DIGITS }, (_, k) => (k === digit ? loudness : 0));
    const weights = { 'head/audio': says(1, 1), 'head/video': says(2, 2), 'head/bias': says(3, 1.5) };
    const classIds = Array.from({ length: DIGITS }, (_, digit) => String(digit));
    const head: Head = { fusion: 'concat', classIds, weights, gate: 1 };
    const z = { audio: matrixOf([[1], [0]], 1), video: matrixOf([[1], [0]], 1) };
    expect(headAnswers(z, head)).toEqual({ fused: [2, 3], audio: [1, 3], video: [2, 3] });
  });
});

describe('shareRight', () => {
  it('counts answers that are the label', () => {
    expect(shareRight([1, 2, 3, 4], [1, 2, 0, 0])).toBe(0.5);
    expect(shareRight([], [])).toBe(0);
  });
});
