import { describe, expect, it } from 'vitest';
import { decodeServer, encodeServer } from '../../../../proto/codec.ts';
import { startingState, toldRho, trainingMessage } from '../../../../server/project/learning-state.ts';
import { STREAM_START } from '../../../../src/pmr/stream/state.ts';

const NO_SCORES = { fused: 0, audio: 0, video: 0, labels: 0 };

describe('toldRho', () => {
  it('bounds what one sense without any score makes of the ratio, and leaves the rest', () => {
    expect([Number.POSITIVE_INFINITY, 0, 0.5, null].map(toldRho)).toEqual([1000, 1 / 1000, 0.5, null]);
  });
});

describe('trainingMessage', () => {
  it('can be sent while only one sense scores at all', () => {
    const state = startingState([], 'pmr-stream');
    for (const rho of [Number.POSITIVE_INFINITY, 0]) {
      const training = { ...state, phase: 'training' as const, balance: { rho, beta: 0, gamma: 1 } };
      const message = trainingMessage(training, { prequential: NO_SCORES, stream: STREAM_START }, 0);
      expect(decodeServer(encodeServer(message))).toMatchObject({ type: 'training', gamma: 1 });
    }
  });
});
