import { describe, expect, it } from 'vitest';
import {
  cellsOf,
  difference,
  figure,
  gapFigure,
  promotionsOf,
  senseOverJoint,
  weakSense,
} from '../../../../bench/learning/av/figures.ts';
import type { LearnerName } from '../../../../bench/learning/av/learners.ts';
import { avTables, avTargets } from '../../../../bench/learning/av/report.ts';
import type { AvResult } from '../../../../bench/learning/av/run.ts';
import { AFTER, BEFORE, type ScenarioName, STEADY } from '../../../../bench/learning/av/scenarios.ts';

type Made = {
  readonly learner: LearnerName;
  readonly order?: number;
  readonly scenario?: ScenarioName;
  /** Right answers of the first part and of the second, from the start of each. */
  readonly right: readonly [number, number];
  /** Test after the shift: fused, sound, picture; and fused in the old context before and after. */
  readonly test: readonly [number, number, number];
  readonly old?: readonly [number, number];
};

const shares = (fused: number, audio: number, video: number) => ({
  ...{ fused, audio, video },
  ...{ audioHead: null, videoHead: null },
});

function made({
  learner,
  order = 1,
  scenario = 'audio-noise',
  right,
  test,
  old = [0.8, 0.8],
}: Made): AvResult {
  const answer = (hit: boolean) => ({ fused: hit, audio: hit, video: !hit });
  const part = (count: number, hits: number) => Array.from({ length: count }, (_, i) => answer(i < hits));
  const [fused, audio, video] = test;
  return {
    ...{ scenario, order, learner, seconds: 1, rollbacks: 1 },
    answers: [...part(BEFORE, right[0]), ...part(AFTER, right[1])],
    tests: [
      { labels: BEFORE, contexts: { 'plain/plain': shares(old[0], 0.5, 0.5) } },
      {
        labels: BEFORE + AFTER,
        contexts: { 'plain/plain': shares(old[1], 0.5, 0.5), 'noisy/plain': shares(fused, audio, video) },
      },
    ],
    rounds: [{ labels: 25, ended: 'rejected', mode: 'balanced', rho: 1, verdict: '' }],
    promotions: [
      { labels: 50, change: 0.02, half: 0.01, samples: 2000 },
      { labels: 75, change: -0.03, half: 0.01, samples: 2000 },
    ],
  };
}

const cells = cellsOf([
  made({ learner: 'joint', right: [50, 100], test: [0.6, 0.2, 0.5] }),
  made({ learner: 'joint', order: 2, right: [60, 120], test: [0.6, 0.3, 0.5] }),
  made({ learner: 'pmr-stream', right: [50, 120], test: [0.6, 0.3, 0.5], old: [0.8, 0.7] }),
  made({ learner: 'pmr-stream', order: 2, right: [60, 150], test: [0.6, 0.4, 0.45] }),
  made({ learner: 'audio-only', right: [10, 10], test: [0.4, 0.4, 0] }),
]);
const SCENARIO = ['audio-noise'] as const;

describe('figure', () => {
  it('is a mean over orders, in percent', () => {
    const prequential = figure(cells, 'joint', SCENARIO, 'prequential');
    expect(prequential?.mean).toBeCloseTo(100 * ((150 / 300 + 180 / 300) / 2), 9);
    expect(prequential?.count).toBe(2);
    expect(figure(cells, 'joint', SCENARIO, 'after')?.mean).toBeCloseTo(100 * ((0.5 + 0.6) / 2), 9);
  });

  it('takes forgetting of contexts from before the shift', () => {
    expect(figure(cells, 'pmr-stream', SCENARIO, 'forgetting')?.mean).toBeCloseTo((10 + 0) / 2, 9);
  });

  it('is null for a learner that did not run', () => {
    expect(figure(cells, 'frozen', SCENARIO, 'prequential')).toBeNull();
  });
});

describe('difference', () => {
  it('pairs orders', () => {
    const over = difference(cells, ['pmr-stream', 'joint'], SCENARIO, 'prequential');
    expect(over?.mean).toBeCloseTo((100 * (20 / 300 + 30 / 300)) / 2, 9);
    expect([over?.low, over?.high].map((bound) => bound?.toFixed(6))).toEqual(['6.666667', '10.000000']);
  });

  it('leaves out orders that only one of them ran', () => {
    expect(difference(cells, ['joint', 'audio-only'], SCENARIO, 'prequential')?.count).toBe(1);
  });
});

describe('weak and strong sense', () => {
  it('is the one on which joint training ends lower', () => {
    expect(weakSense(cells, 'audio-noise')).toBe('Audio');
    expect(weakSense(cells, 'muted')).toBeNull();
    expect(senseOverJoint(cells, 'pmr-stream', SCENARIO, 'weak')?.mean).toBeCloseTo(10, 9);
    expect(senseOverJoint(cells, 'pmr-stream', SCENARIO, 'strong')?.mean).toBeCloseTo(-2.5, 9);
  });

  it('closes half of the gap to the sense alone', () => {
    expect(gapFigure(cells, 'pmr-stream', SCENARIO)?.mean).toBeCloseTo((0.3 - 0.2) / (0.4 - 0.2), 9);
  });
});

describe('promotionsOf', () => {
  it('counts promotions, harmful ones, rejections and rollbacks', () => {
    expect(promotionsOf(cells.of('joint', SCENARIO))).toEqual({
      promotions: 4,
      harmful: 2,
      rejected: 2,
      left: 2,
    });
  });
});

describe('avTargets', () => {
  it('says of each whether it is met, and leaves out what no cell can say', () => {
    const targets = new Map(avTargets(cells.results).map((target) => [target.name, target]));
    expect(targets.get('prequential over joint')).toMatchObject({ met: true });
    expect(targets.get('weak sense on the test, over joint')).toMatchObject({ met: true });
    expect(targets.get('strong sense on the test, over joint')).toMatchObject({ met: false });
    expect(targets.get('forgetting')).toMatchObject({ met: false }); // 5 points, joint's 0 + 2 are allowed
    expect(targets.get('harmful promotions, %')).toMatchObject({ value: 50, met: false });
    expect(targets.has('prequential over joint + uni-modal CE')).toBe(false);
    expect(targets.has('picture turned to noise, prequential over joint')).toBe(false);
  });
});

describe('avTables', () => {
  it('has a row for each learner', () => {
    const lines = avTables(cells.results).split('\n');
    expect(lines.filter((line) => line.startsWith('| pmr-stream'))).toHaveLength(2); // figures, and the first labels
    expect(lines[0]).toBe('audio-noise; joint knows less by sound');
  });

  it('takes means over all scenarios of those alone that ran in all of them, and shows the others beside PMR-stream', () => {
    const twice = (['audio-noise', 'muted'] as const).flatMap((scenario) => [
      made({ learner: 'joint', scenario, right: [50, 100], test: [0.6, 0.2, 0.5] }),
      made({ learner: 'pmr-stream', scenario, right: [50, 120], test: [0.6, 0.3, 0.5] }),
    ]);
    const text = avTables([...twice, made({ learner: '-gate', right: [40, 90], test: [0.6, 0.3, 0.5] })]);
    const [all = '', some = ''] = text.split(/\n\n(?=[a-z][^|]*\n\n\|)/);
    expect(all).toMatch(/^all scenarios/);
    expect(all).not.toContain('-gate');
    expect(some).toMatch(/^audio-noise\n/);
    expect(some.match(/^\| (pmr-stream|-gate|joint)/gm)).toEqual(['| pmr-stream', '| -gate']);
  });

  it('reads label efficiency where nothing changes, and asks for no recovery there', () => {
    const one = made({ learner: 'pmr-stream', scenario: 'steady', right: [50, 120], test: [0.6, 0.3, 0.5] });
    const answers = Array.from({ length: STEADY }, (_, i) => ({ fused: i >= 100, audio: true, video: true }));
    const tests = [{ labels: STEADY, contexts: { 'plain/plain': shares(0.9, 0.5, 0.5) } }];
    const steady = { ...one, answers, tests };
    const text = avTables([made({ learner: 'joint', right: [50, 100], test: [0.6, 0.2, 0.5] }), steady]);
    const efficiency = text.slice(text.indexOf('fused (steady)'));
    const [, , , , row = ''] = efficiency.split('\n');
    expect(row.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'pmr-stream',
      '0.0',
      '0.0',
      '50.0',
      '66.7',
      '80.0',
      '-',
      '-',
      '90.0',
      '',
    ]);
    expect(figure(cellsOf([steady]), 'pmr-stream', ['steady'], 'recovery')).toBeNull();
  });
});
