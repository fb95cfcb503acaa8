import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { gradedPush, imbalanceRatio, ogmCoefficients, switchedPush } from '../../../src/pmr/modulation.ts';

const sum = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

describe('imbalanceRatio', () => {
  it('inverts when the modalities are swapped', () => {
    fc.assert(
      fc.property(sum, sum, (a, v) => {
        expect(imbalanceRatio(a, v) * imbalanceRatio(v, a)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('is 1 while neither scored, and defined when one did', () => {
    expect(imbalanceRatio(0, 0)).toBe(1);
    expect(imbalanceRatio(0, 2)).toBe(0);
    expect(imbalanceRatio(2, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('gradedPush', () => {
  it.each([
    [1, 0, 0],
    [1.25, 0, 0.25],
    [2, 0, 1],
    [50, 0, 1],
    [Number.POSITIVE_INFINITY, 0, 1],
    [0.8, 0.25, 0],
    [0.5, 1, 0],
    [0, 1, 0],
  ])('at rho %d pushes audio %d, video %d', (rho, beta, gamma) => {
    expect(gradedPush(rho).beta).toBeCloseTo(beta, 12);
    expect(gradedPush(rho).gamma).toBeCloseTo(gamma, 12);
  });

  it('mirrors when the modalities are swapped, and never pushes both', () => {
    fc.assert(
      fc.property(sum, sum, (a, v) => {
        const push = gradedPush(imbalanceRatio(a, v));
        const mirrored = gradedPush(imbalanceRatio(v, a));
        expect(mirrored.beta).toBeCloseTo(push.gamma, 9);
        expect(mirrored.gamma).toBeCloseTo(push.beta, 9);
        expect(push.beta * push.gamma).toBe(0);
      }),
    );
  });
});

describe('switchedPush', () => {
  it.each([
    [1.001, 0, 2],
    [0.999, 2, 0],
    [1, 0, 0],
  ])('at rho %d gives audio %d, video %d', (rho, audio, video) => {
    expect(switchedPush(rho, 2)).toEqual({ audio, video });
  });
});

describe('ogmCoefficients', () => {
  it('slows the stronger side only', () => {
    expect(ogmCoefficients(4, 2, 0.5)).toEqual({ audio: 1 - Math.tanh(0.5 * 2), video: 1 });
    expect(ogmCoefficients(2, 4, 0.5)).toEqual({ audio: 1, video: 1 - Math.tanh(0.5 * 2) });
    expect(ogmCoefficients(3, 3, 0.5)).toEqual({ audio: 1, video: 1 });
    expect(ogmCoefficients(3, 0, 0.5)).toEqual({ audio: 0, video: 1 });
  });
});
