import { describe, expect, it } from 'vitest';
import {
  comparisonWords,
  conditionsOf,
  guardWords,
  modeText,
  points,
  roundTitle,
} from '../../../../client/state/balance.ts';
import { POLICY_WORDS, positionOf } from '../../../../client/state/policies.ts';
import type { ComparisonReport, GateEvidence, GuardEvidence } from '../../../../proto/messages.ts';
import { POLICY_NAMES } from '../../../../proto/policies.ts';
import { millis } from '../../../../proto/units.ts';

const guard: GuardEvidence = {
  ...{ windows: 60, accuracy: 0.72, chance: 0.25, needed: 0.34, pausedFor: 0, stops: 0, trial: null },
};
const evidence: GateEvidence = {
  ...{ windows: 24, thin: false, notWorse: true, wins: 4, losses: 1, probability: 0.97, gain: 'more-right' },
  ...{ weak: 'audio', weakBefore: 0.5, weakAfter: 0.6, sureBefore: 0.7, sureAfter: 0.8 },
  ...{ keepsClasses: true, finite: true },
  classes: [
    { classId: 'a', windows: 12, before: 0.9, after: 0.85 },
    { classId: 'b', windows: 3, before: 1, after: 0 },
  ],
};
const comparison: ComparisonReport = {
  ...{ setting: 'on', state: 'current', reason: '', done: 60, total: 60 },
  ...{ on: 'pmr-stream', off: 'joint-uni-modal', labels: 60 },
  ...{ onShare: 0.84, offShare: 0.81, low: -0.02, high: 0.08 },
};
const nameOf = (id: string): string => `class ${id}`;

describe('the words of the balance', () => {
  it('write differences as points', () => {
    expect([points(0.0312), points(-0.2), points(0.0001)]).toEqual(['+3.1', '−20', '0']);
  });

  it('name every mode', () => {
    const modes = ['unknown', 'balanced', 'audio-weak', 'video-weak', 'guarded'] as const;
    expect(new Set(modes.map((mode) => modeText(mode, 1))).size).toBe(modes.length);
    expect(modeText('unknown', null)).toBe('Not known yet');
  });
});

describe('guardWords', () => {
  it('gives the evidence, against chance and against what is needed', () => {
    expect(guardWords(guard)).toEqual({
      state: 'free',
      pill: 'may be pushed',
      text: 'Right on 72 % of its last 60 labelled windows; guessing gives 25 %, and 34 % is needed to be pushed.',
    });
  });

  it('says how long a sense is held, that a push is on trial, or that nothing was seen', () => {
    expect(guardWords({ ...guard, pausedFor: 96 })).toMatchObject({
      state: 'held',
      pill: 'held for 96 more windows',
    });
    expect(guardWords({ ...guard, trial: 1 })).toMatchObject({
      state: 'trial',
      pill: 'push on trial, 1 window',
    });
    expect(guardWords({ ...guard, accuracy: 0.3 })).toMatchObject({ state: 'held', pill: 'at chance' });
    expect(guardWords({ ...guard, windows: 0, needed: null }).state).toBe('waiting');
  });
});

describe('conditionsOf', () => {
  const marks = (change: Partial<GateEvidence>) =>
    conditionsOf({ ...evidence, ...change }, nameOf).map(({ passed }) => passed);

  it('gives the four conditions with their figures', () => {
    expect(conditionsOf(evidence, nameOf)).toEqual([
      {
        name: 'Answers are not worse',
        passed: true,
        figures: '4 won, 1 lost of 24 held-out windows, by chance 97 %',
      },
      { name: 'Something is gained', passed: true, figures: '3 windows more right on balance' },
      {
        name: 'No class falls far',
        passed: true,
        figures: 'most is lost by class a: 90 % → 85 %, 10 points are allowed',
      },
      { name: 'Every weight is a number', passed: true, figures: 'all finite' },
    ]);
  });

  it('marks what was not met, and leaves open what could not be asked', () => {
    expect(marks({ notWorse: false, gain: 'none' })).toEqual([false, false, true, true]);
    expect(marks({ keepsClasses: false })).toEqual([true, true, false, true]);
    expect(marks({ classes: [] })).toEqual([true, true, null, true]);
    expect(marks({ finite: false, windows: 0 })).toEqual([null, null, null, false]);
  });

  it('says by what a candidate is better where it is right as often', () => {
    const gained = (gain: GateEvidence['gain']) => conditionsOf({ ...evidence, gain }, nameOf)[1]?.figures;
    expect(gained('weak-sense')).toBe('the weaker sense knows more: sound alone 50 % → 60 %');
    expect(gained('surer')).toBe('surer on the whole: sureness 70 % → 80 %');
    expect(gained('none')).toBe('sound alone 50 % → 60 %, sureness 70 % → 80 %');
  });
});

describe('roundTitle', () => {
  const round = {
    round: 4,
    at: millis(0),
    afterLabels: 9,
    policy: 'joint',
    verdict: '',
    evidence: null,
  } as const;
  it('says what became of a round', () => {
    expect(roundTitle({ ...round, outcome: 'promoted', version: 2 })).toBe('Round 4 made version 2');
    expect(roundTitle({ ...round, outcome: 'rejected', version: 0 })).toBe('Round 4 was turned down');
  });
});

describe('comparisonWords', () => {
  const headline = (change: Partial<ComparisonReport>) =>
    comparisonWords({ ...comparison, ...change }).headline;

  it('gives both shares, over how many labels, and the interval', () => {
    expect(comparisonWords(comparison).figures).toBe(
      'With rebalancing 84 %, without 81 % right before learning, over the last 60 labels. Difference +3 points (95 % interval −2 to +8).',
    );
  });

  it('claims a difference only where the whole interval shows it', () => {
    expect(headline({})).toBe('No benefit can be told');
    expect(headline({ low: 0.01 })).toBe('Rebalancing helps here');
    expect(headline({ low: -0.1, high: -0.01 })).toBe('Rebalancing costs here');
    expect(headline({ low: 0.01, labels: 19 })).toBe('Too few labels to tell');
  });

  it('says why there are no figures, and how far it has come', () => {
    const off = { state: 'off', labels: 0, reason: 'switched off' } as const;
    expect(comparisonWords({ ...comparison, ...off })).toMatchObject({
      headline: 'Not compared',
      note: 'switched off',
    });
    expect(comparisonWords({ ...comparison, state: 'behind', labels: 0, done: 0, total: 48 }).note).toBe(
      'label 0 of 48',
    );
    expect(comparisonWords({ ...comparison, state: 'behind', done: 30, total: 48 }).note).toBe(
      'catching up: label 30 of 48',
    );
    expect(headline({ state: 'failed', labels: 0 })).toBe('The comparison stopped');
  });
});

describe('policies', () => {
  it('have a name of their own and one line each', () => {
    const names = POLICY_NAMES.map((policy) => POLICY_WORDS[policy].name);
    expect(new Set(names).size).toBe(POLICY_NAMES.length);
    for (const policy of POLICY_NAMES)
      expect(POLICY_WORDS[policy].line).toMatch(/^.{20,130}\.$|^.{20,130}”\.$/);
  });

  it('set the switch', () => {
    expect(positionOf('auto')).toBe('auto');
    expect((['joint', 'joint-uni-modal', 'frozen'] as const).map(positionOf)).toEqual(['off', 'off', 'off']);
    expect((['pmr-stream', 'uni-modal-pmr', 'ogm-ge'] as const).map(positionOf)).toEqual(['on', 'on', 'on']);
  });
});
