import { describe, expect, it } from 'vitest';
import type { Belief, Prediction } from '../../../../proto/messages.ts';
import { micros, microsFromSeconds, millis } from '../../../../proto/units.ts';
import { quantile, score, scoredWindows } from '../../../../server/cli/scoring.ts';

const belief = (answer: string | null): Belief => ({
  probabilities: [],
  confidence: 0,
  distance: null,
  signal: 'live',
  contribution: 0,
  weight: 0,
  answer,
});
const prediction = (start: number, fused: string | null, audio = fused, video = fused): Prediction => ({
  type: 'prediction',
  sessionId: 's',
  index: Math.round(start / 0.24),
  start: microsFromSeconds(start),
  end: microsFromSeconds(start + 0.96),
  classIds: ['1', '2'],
  fused: [],
  answer: fused,
  audio: belief(audio),
  video: belief(video),
  skew: micros(0),
  modelVersion: 0,
  appliedSeq: 0,
  lag: millis(0),
  headGate: 0,
});
const span = (start: number, end: number, className: string) =>
  ({ start: microsFromSeconds(start), end: microsFromSeconds(end), className, scope: 'both' }) as const;
const names = new Map([
  ['1', 'clap'],
  ['2', 'wave'],
]);

describe('scoredWindows', () => {
  it('counts a window only when it lies wholly inside a span', () => {
    const predictions = [0, 0.24, 0.48, 1.44, 1.68].map((start) => prediction(start, '1'));
    const scored = scoredWindows(predictions, [span(0.24, 2.4, 'clap')]);
    expect(scored.map(({ prediction }) => prediction.start / 1e6)).toEqual([0.24, 0.48, 1.44]);
  });
});

describe('score', () => {
  it('gives the share of right answers over all and for each class; unknown is wrong', () => {
    const scored = scoredWindows(
      [
        prediction(0, '1', '2', null),
        prediction(0.24, '1'),
        prediction(4.08, '2', '2', '1'),
        prediction(4.32, null),
      ],
      [span(0, 2, 'clap'), span(4, 6, 'wave')],
    );
    expect(score(scored, names)).toEqual({
      accuracy: { fused: 3 / 4, audio: 2 / 4, video: 1 / 4 },
      perClass: {
        clap: { windows: 2, fused: 1, audio: 1 / 2, video: 1 / 2 },
        wave: { windows: 2, fused: 1 / 2, audio: 1 / 2, video: 0 },
      },
    });
  });

  it('has no accuracy where nothing was scored', () => {
    expect(score([], names)).toEqual({ accuracy: null, perClass: {} });
  });
});

describe('quantile', () => {
  it('takes the nearest rank', () => {
    expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(quantile([1, 2, 3, 4], 0.95)).toBe(4);
    expect(quantile([], 0.5)).toBeNull();
  });
});
