import { describe, expect, it } from 'vitest';

import { joint, jointUniModal, paperPmr, uniModalPmr } from '../../../src/training/policy.ts';

const observation = { step: 0, steps: 400, early: true, audioScores: 12, videoScores: 18 };

describe('the training policies', () => {
  it('joint has the fused term alone, jointUniModal adds half of each modality', () => {
    expect(joint(observation)).toMatchObject({ uniModal: 0, alpha: 0, beta: 0, gamma: 0, mu: 0 });
    expect(jointUniModal(observation)).toMatchObject({ uniModal: 0.5, alpha: 0, beta: 0, gamma: 0, mu: 0 });
  });

  it('paperPmr pushes the slow modality by equation 11', () => {
    // rho = 12 / 18, beta = 18 / 12 - 1
    expect(paperPmr(observation)).toMatchObject({ uniModal: 0, alpha: 1, beta: 0.5, gamma: 0 });
    expect(paperPmr({ ...observation, audioScores: 18, videoScores: 12 })).toMatchObject({
      beta: 0,
      gamma: 0.5,
    });
    expect(paperPmr({ ...observation, audioScores: 0, videoScores: 0 })).toMatchObject({ beta: 0, gamma: 0 });
  });

  it('holds the dominant one back in the first quarter of an early round only', () => {
    expect(paperPmr(observation).mu).toBe(0.01);
    expect(paperPmr({ ...observation, step: 100 }).mu).toBe(0);
    expect(paperPmr({ ...observation, early: false }).mu).toBe(0);
  });

  it('uniModalPmr is the paper with the uni-modal terms', () => {
    expect(uniModalPmr(observation)).toEqual({ ...paperPmr(observation), uniModal: 0.5 });
  });
});
