import { describe, expect, it } from 'vitest';
import type { CellResult } from '../../../bench/fewshot/cells.ts';
import { difference, figure, spreadOf, targetsOf } from '../../../bench/fewshot/figures.ts';
import { helpOf, shown } from '../../../bench/fewshot/report.ts';
import type { SetName } from '../../../bench/fewshot/sets.ts';

const scores = (share: number) => ({ fused: share, audio: share, video: share / 2, unknown: 0 });

function prototypes(set: SetName, draw: number, learner: string, shares: readonly number[]): CellResult {
  return {
    ...{ set, draw, learner, stage: 'prototypes', trained: null, verdicts: [], seconds: 1 },
    byLabels: [1, 5, 20].map((labels, i) => ({ labels, scores: scores(shares[i] ?? 0) })),
  };
}

const results: readonly CellResult[] = [
  prototypes('held-out', 1, 'random', [0.1, 0.2, 0.3]),
  prototypes('held-out', 2, 'random', [0.3, 0.4, 0.5]),
  prototypes('held-out', 1, 'starter', [0.5, 0.6, 0.9]),
  prototypes('held-out', 2, 'starter', [0.6, 0.8, 0.9]),
  prototypes('held-out', 3, 'starter', [0.6, 0.1, 0.9]),
  {
    ...prototypes('words-clean', 1, 'starter', []),
    stage: 'fine-tuned',
    byLabels: [{ labels: 20, scores: scores(0.98) }],
    trained: scores(0.5),
  },
];
const which = { set: 'held-out', stage: 'prototypes', labels: 5 } as const;

describe('figure', () => {
  it('is the mean over the draws of one learner, stage and number of labels', () => {
    expect(figure(results, { ...which, learner: 'random' }, 'fused')?.mean).toBeCloseTo((0.2 + 0.4) / 2, 9);
    expect(figure(results, { ...which, learner: 'random' }, 'video')?.count).toBe(2);
  });

  it('is null for what was not run', () => {
    expect(figure(results, { ...which, set: 'hard-loud', learner: 'random' }, 'fused')).toBeNull();
  });

  it('tells what serves from the last candidate', () => {
    const tuned = { set: 'words-clean', learner: 'starter', labels: 20 } as const;
    expect(figure(results, { ...tuned, stage: 'fine-tuned' }, 'fused')?.mean).toBe(0.98);
    expect(figure(results, { ...tuned, stage: 'trained' }, 'fused')?.mean).toBe(0.5);
  });
});

describe('difference', () => {
  it('pairs draws, and leaves out a draw that only one has', () => {
    const found = difference(
      results,
      { ...which, learner: 'starter' },
      { ...which, learner: 'random' },
      'fused',
    );
    expect(found?.count).toBe(2);
    expect(found?.mean).toBeCloseTo((0.6 - 0.2 + (0.8 - 0.4)) / 2, 9);
  });
});

describe('targetsOf', () => {
  it('says met, not met and not run', () => {
    const found = new Map(targetsOf(results, 'starter').map(({ what, met }) => [what, met]));
    expect(found.get('held-out, 5 labels, prototypes: sound over random weights')).toBe(true);
    expect(found.get('held-out, 5 labels, prototypes: picture over random weights')).toBe(false);
    expect(found.get('words-clean, 1 label, prototypes: fused')).toBeNull();
    expect(found.get('words-clean, 20 labels, fine-tuned: fused')).toBe(true);
    expect(found.get('words-clean, 20 labels, fine-tuned: picture')).toBe(false);
  });
});

describe('spreadOf', () => {
  it('gives mean and deviation of a sample', () => {
    expect(spreadOf([1, 2, 3])).toEqual({ values: [1, 2, 3], mean: 2, deviation: 1 });
    expect(spreadOf([1])).toBeNull();
  });
});

describe('helpOf', () => {
  it('says that a starter helps only where the draws show it', () => {
    const gain = (mean: number, low: number) => ({ mean, low, high: 2 * mean - low, count: 10 });
    expect(helpOf(gain(0.2, 0.1))).toBe('helps');
    expect(helpOf(gain(0.02, 0.01))).toBe('hardly helps');
    expect(helpOf(gain(0.02, -0.01))).toBe('no gain that the draws show');
    expect(helpOf(null)).toBe('not run');
  });
});

describe('shown', () => {
  it('writes points with an interval, or without one for a single draw', () => {
    expect(shown({ mean: 0.931, low: 0.91, high: 0.9523, count: 10 })).toBe('93.1 [91.0, 95.2]');
    expect(shown({ mean: 0.5, low: null, high: null, count: 1 })).toBe('50.0');
    expect(shown(null)).toBe('');
  });
});
