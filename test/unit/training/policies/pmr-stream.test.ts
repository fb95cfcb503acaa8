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
  mastered: { audio: false, video: false },
  blocked: { audio: false, video: false },
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
  it.each([{ young: true, plan: plan('audio-weak') }, { plan: plan('unknown', { beta: 0 }) }])(
    'trains both encoders, pushed by the batch’s rho, while they are young or nothing is known',
    (context) => {
      expect(weights(context)).toMatchObject({
        audioRate: 1,
        videoRate: 1,
        uniModal: 0.5,
        alpha: 1,
        beta: 1,
        gamma: 0,
        kappa: 0,
      });
      const near = { ...observation, audioScores: 14.5 };
      expect(begin(context).weightsAt(near)).toMatchObject({ beta: 0, gamma: 0 }); // within the dead band
    },
  );

  it('does not push what the guard forbids, by the batch’s rho neither', () => {
    const blocked = { audio: true, video: false };
    expect(weights({ plan: plan('unknown', { beta: 0, blocked }) })).toMatchObject({ beta: 0, gamma: 0 });
    expect(weights({ young: true, plan: plan('unknown', { beta: 0, blocked }) }).beta).toBe(1);
  });

  it('pushes the weak encoder wholly, and lets the dominant one step', () => {
    expect(begin({ plan: plan('audio-weak') }).frozen).toEqual([]);
    expect(weights({ plan: plan('audio-weak') })).toMatchObject({
      audioRate: 1,
      videoRate: 1,
      beta: 1,
      gamma: 0,
    });
    const mirrored = plan('video-weak', { beta: 0, gamma: 0.4 });
    expect(weights({ plan: mirrored })).toMatchObject({ audioRate: 1, videoRate: 1, beta: 0, gamma: 1 });
  });

  it('or by equation 11’s grade, by a setting', () => {
    const graded = pmrStreamWith({ ...STREAM, wholePush: false });
    expect(weights({ plan: plan('audio-weak') }, graded)).toMatchObject({ beta: 0.4, gamma: 0 });
    expect(weights({ young: true }, graded)).toMatchObject({ beta: 15 / 10 - 1, gamma: 0 });
  });

  it('freezes a dominant encoder that is nearly always right', () => {
    const mastered = { audio: true, video: true };
    expect(begin({ plan: plan('audio-weak', { mastered }) }).frozen).toEqual(['video']);
    expect(begin({ plan: plan('video-weak', { mastered }) }).frozen).toEqual(['audio']);
    expect(begin({ plan: plan('balanced', { mastered }) }).frozen).toEqual([]);
    expect(begin({ young: true, plan: plan('audio-weak', { mastered }) }).frozen).toEqual([]);
  });

  it('or slows it, or freezes it always, by a setting', () => {
    const slow = pmrStreamWith({ ...STREAM, dominantRate: 0.25 });
    expect(begin({ plan: plan('audio-weak') }, slow).frozen).toEqual([]);
    expect(weights({ plan: plan('audio-weak') }, slow)).toMatchObject({ audioRate: 1, videoRate: 0.25 });
    const frozen = pmrStreamWith({ ...STREAM, dominantRate: 0 });
    expect(begin({ plan: plan('audio-weak') }, frozen).frozen).toEqual(['video']);
  });

  it('pushes nothing while they are balanced', () => {
    expect(weights({ plan: plan('balanced', { beta: 0 }) })).toMatchObject({
      ...{ audioRate: 1, videoRate: 1, beta: 0, gamma: 0 },
    });
    const gentle = pmrStreamWith({ ...STREAM, balancedRate: 0.25 });
    expect(weights({}, gentle)).toMatchObject({ audioRate: 0.25, videoRate: 0.25 });
  });

  it('is joint training with uni-modal cross-entropy while guarded', () => {
    const plain = { audioRate: 1, videoRate: 1, uniModal: 0.5, beta: 0, gamma: 0 };
    expect(weights({ plan: plan('guarded', { beta: 0 }) })).toMatchObject({ ...plain, kappa: 0 });
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

  it('matches the logits of a grown base that has a head, by a setting', () => {
    const held = pmrStreamWith({ ...STREAM, kappa: 0.2 });
    expect(weights({}).kappa).toBe(0);
    expect(weights({}, held).kappa).toBe(0.2);
    expect(begin({}, held).matches).toBe(true);
    expect(weights({ hasHead: false }, held).kappa).toBe(0);
    expect(begin({ hasHead: false }, held).matches).toBe(false);
    expect(weights({ plan: plan('guarded', { beta: 0 }) }, held).kappa).toBe(0);
  });

  it('takes distances as they are, or by each modality’s scale', () => {
    expect(weights({})).toMatchObject({ tauAudio: 1, tauVideo: 1 });
    const scaled = pmrStreamWith({ ...STREAM, scaledLoss: true });
    expect(weights({}, scaled)).toMatchObject({ tauAudio: 2, tauVideo: 3 });
    expect(pmrStream.centres).toBe('windowed');
  });
});
