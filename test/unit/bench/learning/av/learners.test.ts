import { describe, expect, it } from 'vitest';
import { POLICY_NAMES } from '../../../../../proto/policies.ts';
import { planOf, STREAM_START } from '../../../../../src/pmr/stream/state.ts';
import type { Schedule } from '../../../../../src/training/policies/policy.ts';
import { POLICIES } from '../../../../../src/training/policies/table.ts';
import { ABLATION_NAMES, type LearnerName, learnerOf } from '../../../../bench/learning/av/learners.ts';

const WEAK = {
  ...planOf(STREAM_START),
  rho: 1.5,
  beta: 0,
  gamma: 0.5,
  mode: 'video-weak',
  reason: '',
} as const;

function scheduleOf(name: LearnerName): Schedule {
  const schedule = learnerOf(name).policy.begin({ young: false, hasHead: true, plan: WEAK });
  if (!schedule) throw new TypeError(`${name} trains nothing`);
  return schedule;
}

const seen = {
  ...{ step: 0, steps: 1, audioScores: 1, videoScores: 1, audioHeadScores: 1, videoHeadScores: 1 },
  ...{ tauAudio: 3, tauVideo: 4 },
};
const whole = scheduleOf('pmr-stream').weightsAt(seen);

describe('learnerOf', () => {
  it.each(POLICY_NAMES)('has %s as the product has it', (name) => {
    expect(learnerOf(name)).toMatchObject({ policy: POLICIES[name], gated: true, buffered: true });
  });

  it('takes one part away from PMR-stream, or puts one to it', () => {
    const changed = {
      '+tau': { tauAudio: 3, tauVideo: 4 },
      '-PCE': { alpha: 0 },
      '-whole': { gamma: 0.5 },
      '+matching': { kappa: 0.2 },
      '-uni-modal': { uniModal: 0 },
      '+freeze': { audioRate: 0 },
      '+PER': { mu: 1e-2 },
    } as const;
    for (const [name, change] of Object.entries(changed)) {
      const ablation = ABLATION_NAMES.find((one) => one === name);
      expect(ablation).toBeDefined();
      if (ablation) expect(scheduleOf(ablation).weightsAt(seen)).toEqual({ ...whole, ...change });
    }
  });

  it('has the terms that its steps weigh', () => {
    expect(scheduleOf('+PER').terms).toContain('per');
    expect(scheduleOf('+matching')).toMatchObject({
      matches: true,
      terms: expect.arrayContaining(['matching']),
    });
    expect(scheduleOf('pmr-stream').terms).toEqual(['own', 'pce']);
  });

  it('freezes the dominant encoder where that is asked for', () => {
    expect(scheduleOf('pmr-stream').frozen).toEqual([]);
    expect(scheduleOf('+freeze').frozen).toEqual(['audio']);
  });

  it('leaves gate or buffer out', () => {
    expect(learnerOf('-gate')).toMatchObject({ gated: false, buffered: true });
    expect(learnerOf('-buffer')).toMatchObject({ gated: true, buffered: false });
  });
});
