import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../../../../src/pmr/matrix.ts';
import { headAnswers, shareRight } from '../../../../bench/learning/digits/judge.ts';
import { COLUMNS } from '../../../../bench/learning/digits/pupil.ts';

describe('headAnswers', () => {
  it('reads each view through its half of the head, and both together', () => {
    // One feature a view: gray's speaks for 1, coloured's twice as loudly for 2; the bias prefers 3 by half as much as gray.
    const kernel = new Float32Array(2 * COLUMNS);
    kernel[1] = 1;
    kernel[COLUMNS + 2] = 2;
    const bias = new Float32Array(COLUMNS);
    bias[3] = 1.5;
    const z = { audio: matrixOf([[1], [0]], 1), video: matrixOf([[1], [0]], 1) };
    expect(headAnswers(z, kernel, bias)).toEqual({ fused: [2, 3], audio: [1, 3], video: [2, 3] });
  });
});

describe('shareRight', () => {
  it('counts answers that are the label', () => {
    expect(shareRight([1, 2, 3, 4], [1, 2, 0, 0])).toBe(0.5);
    expect(shareRight([], [])).toBe(0);
  });
});
