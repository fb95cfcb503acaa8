import { describe, expect, it } from 'vitest';
import type { PairedComparison } from '../../../../src/evaluation/paired.ts';
import { autoPolicy } from '../../../../src/training/policies/auto.ts';

const compared = (change: Partial<PairedComparison>): PairedComparison => ({
  labels: 60,
  onShare: 0.84,
  offShare: 0.8,
  low: -0.02,
  high: 0.1,
  ...change,
});
const ON = 'pmr-stream';
const OFF = 'joint-uni-modal';

describe('autoPolicy', () => {
  it('is off where nothing compares, and before enough labels', () => {
    expect(autoPolicy(ON, null)).toMatchObject({
      policy: OFF,
      reason: expect.stringContaining('nothing compares'),
    });
    const early = autoPolicy(OFF, compared({ labels: 19, low: 0.5 }));
    expect(early).toEqual({ policy: OFF, reason: 'Off until 20 labels can be compared; 19 so far.' });
  });

  it('switches on when the whole interval lies above none', () => {
    expect(autoPolicy(OFF, compared({ low: 0.001 }))).toEqual({
      policy: ON,
      reason: 'It helps here, switched on: +4 points (95 % interval +0.1 to +10) over the last 60 labels.',
    });
    expect(autoPolicy(OFF, compared({ low: 0 })).policy).toBe(OFF);
  });

  it('stays on for as long as the mean is ahead, and then says that there is no benefit', () => {
    expect(autoPolicy(ON, compared({})).policy).toBe(ON);
    expect(autoPolicy(ON, compared({ onShare: 0.8, low: -0.05, high: 0.05 }))).toEqual({
      policy: OFF,
      reason: 'No benefit, switched off: 0 points (95 % interval -5 to +5) over the last 60 labels.',
    });
  });

  it('takes a policy that is none of its two for off', () => {
    expect(autoPolicy('uni-modal-pmr', compared({})).policy).toBe(OFF);
  });
});
