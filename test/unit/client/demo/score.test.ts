import { describe, expect, it } from 'vitest';
import { addOutcome, type Outcome, outcome, share } from '../../../../client/demo/score.ts';
import { micros } from '../../../../proto/units.ts';
import { belief, prediction } from '../fixtures.ts';

const slot = { start: micros(0), end: micros(2_400_000) };

describe('outcome', () => {
  it('judges a window that lies wholly inside its slot', () => {
    expect(outcome(prediction(960_000), slot, 'a')).toEqual({ fused: true, audio: true, video: false });
    expect(outcome(prediction(2_640_000), slot, 'a')).toBeNull();
  });

  it('does not judge a sense that has nothing to say', () => {
    const gone = { audio: belief({ probabilities: [], answer: null }) };
    expect(outcome(prediction(960_000, gone), slot, 'b')).toEqual({ fused: false, audio: null, video: true });
  });
});

describe('share', () => {
  it('counts right answers among the judged', () => {
    const rows: readonly Outcome[] = [
      { fused: true, audio: null, video: true },
      { fused: false, audio: true, video: false },
    ];
    expect([share(rows, 'fused'), share(rows, 'audio'), share(rows, 'video')]).toEqual([1 / 2, 1 / 1, 1 / 2]);
    expect(share([], 'fused')).toBeNull();
  });

  it('looks at the last minute', () => {
    let rows: readonly Outcome[] = [];
    for (let i = 0; i < 260; i++) rows = addOutcome(rows, { fused: i >= 10, audio: null, video: null });
    expect(share(rows, 'fused')).toBe(1);
  });
});
