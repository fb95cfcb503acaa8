import { describe, expect, it } from 'vitest';
import { decodeServer, encodeServer } from '../../../../proto/codec.ts';
import type { PolicyName } from '../../../../proto/policies.ts';
import { startingState, toldRho, trainingMessage } from '../../../../server/project/learning-state.ts';
import { STREAM_START } from '../../../../src/pmr/stream/state.ts';

const NO_SCORES = { fused: 0, audio: 0, video: 0, labels: 0 };

describe('toldRho', () => {
  it('bounds what one sense without any score makes of the ratio, and leaves the rest', () => {
    expect([Number.POSITIVE_INFINITY, 0, 0.5, null].map(toldRho)).toEqual([1000, 1 / 1000, 0.5, null]);
  });
});

describe('trainingMessage', () => {
  const stream = {
    ...STREAM_START,
    imbalance: { rho: 1.5, beta: 0, gamma: 0.5 },
    mode: 'video-weak',
  } as const;
  const scores = { prequential: NO_SCORES, stream };
  const push = (policy: PolicyName, phase: 'idle' | 'training') => {
    const state = { ...startingState([], policy), phase, balance: { rho: 1, beta: 0.1, gamma: 0.2 } };
    const { beta, gamma } = trainingMessage(state, scores, 0);
    return [beta, gamma];
  };

  it('gives the push that the next round will make where that is settled, else that of the last', () => {
    expect(push('pmr-stream', 'idle')).toEqual([0, 0.5]);
    expect(push('pmr-stream', 'training')).toEqual([0.1, 0.2]);
    expect(push('uni-modal-pmr', 'idle')).toEqual([0.1, 0.2]);
  });

  it('can be sent while only one sense scores at all', () => {
    const state = startingState([], 'pmr-stream');
    for (const rho of [Number.POSITIVE_INFINITY, 0]) {
      const training = { ...state, phase: 'training' as const, balance: { rho, beta: 0, gamma: 1 } };
      const message = trainingMessage(training, { prequential: NO_SCORES, stream: STREAM_START }, 0);
      expect(decodeServer(encodeServer(message))).toMatchObject({ type: 'training', gamma: 1 });
    }
  });
});
