import { describe, expect, it } from 'vitest';

import { STREAM } from '../../../../src/pmr/stream/settings.ts';
import type { RoundPlan } from '../../../../src/pmr/stream/state.ts';
import { pmrStream, pmrStreamWith } from '../../../../src/training/policies/pmr-stream.ts';
import type { RoundContext, Schedule, StepWeights } from '../../../../src/training/policies/policy.ts';

const plan = (mode: RoundPlan['mode'], change: Partial<RoundPlan> = {}): RoundPlan => ({
  mode,
  rho: 0.5,
  beta: 0.4,
  gamma: 0,
  early: false,
  reason: '',
  ...change,
});
const observation = {
  step: 0,
  steps: 100,
  audioScores: 10,
  videoScores: 15,
  audioHeadScores: 0,
  videoHeadScores: 0,
  tauAudio: 2,
  tauVideo: 3,
};
const grown: RoundContext = { young: false, hasHead: true, plan: plan('balanced') };
const begin = (change: Partial<RoundContext>, policy = pmrStream): Schedule => {
  const schedule = policy.begin({ ...grown, ...change });
  if (!schedule) throw new Error('PMR-stream always trains');
  return schedule;
};
const weights = (change: Partial<RoundContext>, policy = pmrStream): StepWeights =>
  begin(change, policy).weightsAt(observation);

describe('pmrStream', () => {
  it('trains both encoders while they are young, by the batch’s rho', () => {
    expect(weights({ young: true, plan: plan('audio-weak') })).toMatchObject({
      audioRate: 1,
      videoRate: 1,
      uniModal: 0.5,
      alpha: 1,
      beta: 15 / 10 - 1,
      gamma: 0,
      kappa: 0,
    });
  });

  it('leaves the batch’s rho alone within the dead band', () => {
    const near = { ...observation, audioScores: 14.5 };
    expect(begin({ young: true }).weightsAt(near)).toMatchObject({ beta: 0, gamma: 0 });
  });

  it('freezes the dominant encoder and pushes the weak one', () => {
    expect(begin({ plan: plan('audio-weak') }).frozen).toEqual(['video']);
    expect(weights({ plan: plan('audio-weak') })).toMatchObject({
      audioRate: 1,
      videoRate: 0,
      beta: 0.4,
      gamma: 0,
    });
    const mirrored = plan('video-weak', { beta: 0, gamma: 0.4 });
    expect(begin({ plan: mirrored }).frozen).toEqual(['audio']);
    expect(weights({ plan: mirrored })).toMatchObject({ audioRate: 0, videoRate: 1, beta: 0, gamma: 0.4 });
  });

  it('or slows it, by a setting', () => {
    const slow = pmrStreamWith({ ...STREAM, dominantRate: 0.25 });
    expect(begin({ plan: plan('audio-weak') }, slow).frozen).toEqual([]);
    expect(weights({ plan: plan('audio-weak') }, slow)).toMatchObject({ audioRate: 1, videoRate: 0.25 });
  });

  it('moves both encoders gently while they are balanced', () => {
    expect(weights({})).toMatchObject({ audioRate: 0.25, videoRate: 0.25 });
  });

  it('is joint training with uni-modal cross-entropy while guarded, or while nothing is known', () => {
    const plain = { audioRate: 1, videoRate: 1, uniModal: 0.5, beta: 0, gamma: 0 };
    expect(weights({ plan: plan('guarded', { beta: 0 }) })).toMatchObject({ ...plain, kappa: 0 });
    expect(weights({ plan: plan('unknown', { beta: 0 }) })).toMatchObject({ ...plain, kappa: 0 });
    expect(weights({ young: true, plan: plan('guarded', { beta: 0, early: true }) })).toMatchObject({
      ...plain,
      mu: 0,
    });
  });

  it('has PER only while it is early and both encoders are young', () => {
    expect(weights({ young: true, plan: plan('unknown', { early: true }) }).mu).toBe(0.01);
    expect(weights({ young: true }).mu).toBe(0);
    expect(weights({ plan: plan('balanced', { early: true }) }).mu).toBe(0);
  });

  it('matches the logits of a grown base that has a head', () => {
    expect(weights({}).kappa).toBe(0.2);
    expect(begin({}).matches).toBe(true);
    expect(weights({ hasHead: false }).kappa).toBe(0);
    expect(begin({ hasHead: false }).matches).toBe(false);
  });

  it('divides distances by each modality’s scale', () => {
    expect(weights({})).toMatchObject({ tauAudio: 2, tauVideo: 3 });
    expect(pmrStream.centres).toBe('windowed');
  });
});
