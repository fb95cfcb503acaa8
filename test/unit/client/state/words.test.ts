import { describe, expect, it } from 'vitest';
import {
  balanceText,
  percent,
  phaseText,
  seconds,
  signalText,
  size,
} from '../../../../client/state/words.ts';
import type { Training } from '../../../../proto/messages.ts';

const training = (over: Partial<Training>): Training => ({
  type: 'training',
  phase: 'idle',
  labelsWaiting: 0,
  round: 0,
  step: 0,
  steps: 0,
  verdict: '',
  reason: '',
  rho: 1,
  beta: 0,
  gamma: 0,
  prequential: { fused: 0, audio: 0, video: 0, labels: 0 },
  rebalance: { policy: 'uni-modal-pmr', mode: 'balanced', reason: '', early: false },
  ...over,
});

describe('words', () => {
  it('writes numbers for people', () => {
    expect([percent(0.874), percent(null), seconds(2_440_000)]).toEqual(['87 %', '–', '2.4 s']);
    expect([size(0), size(999), size(3_440_000), size(412e6)]).toEqual(['0 B', '999 B', '3.4 MB', '412 MB']);
  });

  it('has words for states', () => {
    expect([
      signalText('missing', 'audio'),
      signalText('missing', 'video'),
      signalText('dark', 'video'),
    ]).toEqual(['no sound', 'no picture', 'dark']);
    expect(phaseText('judging')).toBe('Judging the candidate');
  });

  it('says who is helped', () => {
    expect(balanceText(training({ rho: null }))).toContain('Not known yet');
    expect(balanceText(training({ rho: 1.01 }))).toBe('Both learn equally well.');
    expect(balanceText(training({ rho: 2, gamma: 0.4 }))).toContain('Picture lags behind');
    expect(balanceText(training({ rho: 0.5, beta: 0.4 }))).toContain('Sound lags behind');
    expect(balanceText(training({ rho: 2 }))).toContain('nobody is pushed');
  });
});
