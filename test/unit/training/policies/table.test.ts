import { describe, expect, it } from 'vitest';

import { POLICY_NAMES } from '../../../../proto/policies.ts';
import { planOf, STREAM_START } from '../../../../src/pmr/stream/state.ts';
import {
  type RoundContext,
  type StepObservation,
  type StepWeights,
  termsOf,
} from '../../../../src/training/policies/policy.ts';
import { DEFAULT_POLICY, POLICIES } from '../../../../src/training/policies/table.ts';

const context: RoundContext = { young: true, hasHead: true, plan: planOf(STREAM_START) };
const observation: StepObservation = {
  step: 0,
  steps: 400,
  audioScores: 12,
  videoScores: 18,
  audioHeadScores: 9,
  videoHeadScores: 18,
  tauAudio: 2,
  tauVideo: 3,
};
const weightsOf = (
  name: (typeof POLICY_NAMES)[number],
  change: Partial<StepObservation> = {},
  round: Partial<RoundContext> = {},
): StepWeights | undefined =>
  POLICIES[name].begin({ ...context, ...round })?.weightsAt({ ...observation, ...change });

describe('POLICIES', () => {
  it('has each policy under its own name', () => {
    expect(POLICY_NAMES.map((name) => POLICIES[name].name)).toEqual([...POLICY_NAMES]);
    expect(POLICIES[DEFAULT_POLICY]).toBeDefined();
  });

  it.each(POLICY_NAMES)('%s freezes exactly the encoders whose rate is 0', (name) => {
    const schedule = POLICIES[name].begin(context);
    const weights = schedule?.weightsAt(observation);
    const still = (['audio', 'video'] as const).filter((side) => weights?.[`${side}Rate`] === 0);
    expect(schedule?.frozen ?? []).toEqual(schedule ? still : []);
  });

  it.each(POLICY_NAMES)('%s names every term that its steps weigh', (name) => {
    for (const young of [true, false])
      for (const mode of ['unknown', 'balanced', 'audio-weak', 'guarded'] as const) {
        const plan = { ...context.plan, mode, early: true, beta: 0.5 };
        const schedule = POLICIES[name].begin({ ...context, young, plan });
        if (!schedule) continue;
        for (const step of [0, 399])
          expect(schedule.terms).toEqual(
            expect.arrayContaining([...termsOf(schedule.weightsAt({ ...observation, step }))]),
          );
      }
  });

  it('joint has no term beside the fused one', () => {
    expect(POLICIES.joint.begin(context)?.terms).toEqual([]);
  });

  it('frozen trains nothing', () => {
    expect(POLICIES.frozen.begin(context)).toBeNull();
  });

  it('joint has the fused term alone, joint-uni-modal adds half of each modality', () => {
    const nothing = { alpha: 0, beta: 0, gamma: 0, mu: 0, kappa: 0, audioRate: 1, videoRate: 1 };
    expect(weightsOf('joint')).toMatchObject({ ...nothing, uniModal: 0 });
    expect(weightsOf('joint-uni-modal')).toMatchObject({ ...nothing, uniModal: 0.5 });
    expect(weightsOf('head-only')).toMatchObject({ uniModal: 0, audioRate: 0, videoRate: 0 });
  });

  it('paper-pmr pushes the slow modality by equation 11', () => {
    // rho = 12 / 18, beta = 18 / 12 - 1
    expect(weightsOf('paper-pmr')).toMatchObject({ uniModal: 0, alpha: 1, beta: 0.5, gamma: 0, tauAudio: 1 });
    expect(weightsOf('paper-pmr', { audioScores: 18, videoScores: 12 })).toMatchObject({
      beta: 0,
      gamma: 0.5,
    });
    expect(weightsOf('paper-pmr', { audioScores: 0, videoScores: 0 })).toMatchObject({ beta: 0, gamma: 0 });
  });

  it('paper-pmr holds the dominant one back in the first quarter of a young round only', () => {
    expect(weightsOf('paper-pmr')?.mu).toBe(0.01);
    expect(weightsOf('paper-pmr', { step: 100 })?.mu).toBe(0);
    expect(weightsOf('paper-pmr', {}, { young: false })?.mu).toBe(0);
  });

  it('uni-modal-pmr is the paper with the uni-modal terms', () => {
    expect(weightsOf('uni-modal-pmr')).toEqual({ ...weightsOf('paper-pmr'), uniModal: 0.5 });
  });

  it('published-pmr pushes with all of alpha as soon as one is behind', () => {
    expect(weightsOf('published-pmr')).toMatchObject({ alpha: 1, beta: 1, gamma: 0, mu: 0 });
    expect(weightsOf('published-pmr', { audioScores: 18.01 })).toMatchObject({ beta: 0, gamma: 1 });
    expect(weightsOf('published-pmr', { audioScores: 18 })).toMatchObject({ beta: 0, gamma: 0 });
  });

  it('ogm-ge slows the modality whose half of the head is ahead', () => {
    expect(POLICIES['ogm-ge'].gradients).toBe('noisy');
    expect(weightsOf('ogm-ge')).toMatchObject({ audioRate: 1, videoRate: 1 - Math.tanh(0.3 * (18 / 9)) });
    expect(weightsOf('ogm-ge', { videoHeadScores: 0, audioHeadScores: 0 })).toMatchObject({
      audioRate: 1,
      videoRate: 1,
    });
  });

  it('mmpareto follows both gradients', () => {
    expect(POLICIES.mmpareto.gradients).toBe('pareto');
    expect(weightsOf('mmpareto')).toMatchObject({ uniModal: 1, alpha: 0 });
  });

  it('a bound has one sense and its own cross-entropy', () => {
    expect(POLICIES['audio-only'].senses).toEqual(['audio']);
    expect(weightsOf('audio-only')).toMatchObject({ uniModal: 1, audioRate: 1, videoRate: 0 });
    expect(POLICIES['video-only'].senses).toEqual(['video']);
    expect(weightsOf('video-only')).toMatchObject({ uniModal: 1, audioRate: 0, videoRate: 1 });
  });
});
