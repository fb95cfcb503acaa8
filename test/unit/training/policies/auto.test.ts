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
    expect(autoPolicy(ON, null, 0)).toMatchObject({
      policy: OFF,
      reason: expect.stringContaining('nothing compares'),
    });
    const early = autoPolicy(OFF, compared({ labels: 19, low: 0.5 }), 0);
    expect(early).toEqual({ policy: OFF, reason: 'Off until 20 labels can be compared; 19 so far.' });
  });

  it('switches on when the whole interval lies above none', () => {
    expect(autoPolicy(OFF, compared({ low: 0.001 }), 0)).toEqual({
      policy: ON,
      reason: 'It helps here, switched on: +4 points (95 % interval +0.1 to +10) over the last 60 labels.',
    });
    expect(autoPolicy(OFF, compared({ low: 0 }), 0).policy).toBe(OFF);
  });

  it('stays on for as long as the mean is ahead, and then says that there is no benefit', () => {
    expect(autoPolicy(ON, compared({}), 0).policy).toBe(ON);
    expect(autoPolicy(ON, compared({ onShare: 0.8, low: -0.05, high: 0.05 }), 0)).toEqual({
      policy: OFF,
      reason: 'No benefit, switched off: 0 points (95 % interval -5 to +5) over the last 60 labels.',
    });
  });

  it('stays with what it has taken while older labels are gone through', () => {
    const fresh = compared({ labels: 0, onShare: 0, offShare: 0, low: -1, high: 1 });
    expect(autoPolicy(ON, fresh, Number.POSITIVE_INFINITY).policy).toBe(ON);
    expect(autoPolicy(OFF, fresh, Number.POSITIVE_INFINITY).reason).toContain('Off until 20 labels');
    expect(autoPolicy(ON, compared({ onShare: 0 }), 21)).toMatchObject({ policy: ON });
    expect(autoPolicy(OFF, compared({ low: 0.1 }), 21)).toMatchObject({
      policy: OFF,
      reason: 'Off as before, while the comparison goes through older labels.',
    });
    expect(autoPolicy(OFF, compared({ low: 0.1 }), 20).policy).toBe(ON);
  });

  it('takes a policy that is none of its two for off', () => {
    expect(autoPolicy('uni-modal-pmr', compared({}), 0).policy).toBe(OFF);
  });
});
