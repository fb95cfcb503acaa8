/** The AV-stream's cells as tables for people, figures with targets, and plots. */

import { barChart, lineChart } from '../../../../src/evaluation/plot.ts';
import { tableOf } from '../../../../src/evaluation/report.ts';
import type { Interval } from '../statistics.ts';
import {
  type Cells,
  cellsOf,
  difference,
  figure,
  gapFigure,
  type Measure,
  promotionsOf,
  senseOverJoint,
  weakSense,
} from './figures.ts';
import type { LearnerName } from './learners.ts';
import { fadingCurve, RECOVERY_FACTOR } from './metrics.ts';
import type { AvResult } from './run.ts';
import type { ScenarioName } from './scenarios.ts';

const scenariosOf = (results: readonly AvResult[]): readonly ScenarioName[] => [
  ...new Set(results.map(({ scenario }) => scenario)),
];
const learnersOf = (results: readonly AvResult[]): readonly LearnerName[] => [
  ...new Set(results.map(({ learner }) => learner)),
];

const ranIn = (
  results: readonly AvResult[],
  learner: LearnerName,
  scenarios: readonly ScenarioName[],
): boolean => scenarios.every((scenario) => cellsOf(results).of(learner, [scenario]).length > 0);

/** Learners that ran in each of these scenarios: means of others would be of other streams. */
const everywhere = (
  results: readonly AvResult[],
  scenarios: readonly ScenarioName[],
): readonly LearnerName[] => learnersOf(results).filter((name) => ranIn(results, name, scenarios));

/** A mean with its bounds. */
function written(value: Interval | null, digits = 1): string {
  if (!value) return '-';
  const { mean, low, high } = value;
  const middle = mean.toFixed(digits);
  return low === null || high === null
    ? middle
    : `${middle} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}
const signed = (value: Interval | null): string =>
  value && value.mean >= 0 ? `+${written(value)}` : written(value);
const short = (value: Interval | null): string => (value ? value.mean.toFixed(1) : '-');

const HEADINGS = [
  'learner',
  'prequential',
  'fading',
  'over joint',
  'after the shift',
  'sound / picture after',
  'test fused',
  'test sound / picture',
  'halves of the head',
  'labels to recover',
  'forgetting',
  'promoted',
  'harmful',
  'rejected',
  'left',
] as const;

/** One row a learner: means over the scenarios, with intervals over orders. */
export function avTable(
  results: readonly AvResult[],
  scenarios: readonly ScenarioName[],
  learners: readonly LearnerName[] = everywhere(results, scenarios),
): string {
  const cells = cellsOf(results);
  const rows = learners.map((learner) => {
    const of = (measure: Measure): Interval | null => figure(cells, learner, scenarios, measure);
    const pair = (a: Measure, b: Measure): string => `${short(of(a))} / ${short(of(b))}`;
    const over = difference(cells, [learner, 'joint'], scenarios, 'prequential');
    const { promotions, harmful, rejected, left } = promotionsOf(cells.of(learner, scenarios));
    return [
      learner,
      written(of('prequential')),
      short(of('fading')),
      learner === 'joint' ? '' : signed(over),
      written(of('after')),
      pair('audioAfter', 'videoAfter'),
      written(of('testFused')),
      pair('testAudio', 'testVideo'),
      pair('testAudioHead', 'testVideoHead'),
      short(of('recovery')),
      short(of('forgetting')),
      ...[promotions, harmful, rejected, left].map(String),
    ];
  });
  return tableOf(HEADINGS, rows).join('\n');
}

/** Mean accuracy of the first so many labels, and the test after so many. */
export function efficiencyTable(results: readonly AvResult[], scenarios: readonly ScenarioName[]): string {
  const cells = cellsOf(results);
  const firsts = ['at50', 'at100', 'at200', 'at300', 'at500'] as const;
  const tests = ['test100', 'test200', 'test500'] as const;
  const rows = everywhere(results, scenarios).map((learner) => [
    learner,
    ...[...firsts, ...tests].map((mark) => short(figure(cells, learner, scenarios, mark))),
  ]);
  const heads = [
    ...firsts.map((mark) => `first ${mark.slice(2)}`),
    ...tests.map((mark) => `test at ${mark.slice(4)}`),
  ];
  return tableOf(['learner', ...heads], rows).join('\n');
}

export type AvTarget = {
  readonly name: string;
  readonly value: number | null;
  readonly written: string;
  /** In words. */
  readonly asked: string;
  readonly met: boolean;
};

type Wanted = { readonly name: string; readonly value: Interval | null; readonly least: number };

const atLeast = ({ name, value, least }: Wanted): AvTarget => ({
  name,
  value: value?.mean ?? null,
  written: signed(value),
  asked: `at least ${least}`,
  met: value !== null && value.mean >= least,
});

/** Not more than another figure allows. */
function atMost(name: string, value: number | null, most: number | null, unit = ''): AvTarget {
  const met = value !== null && most !== null && value <= most;
  const limit = most === null ? '-' : most.toFixed(1);
  return { name, value, written: value?.toFixed(1) ?? '-', asked: `at most ${limit}${unit}`, met };
}

const CHANGED: readonly ScenarioName[] = [
  'audio-noise',
  'bad-light',
  'muted',
  'new-class',
  'strangers',
  'prior',
];

/** The reference's "Numbers to target" for PMR-stream, as far as the cells that ran can say. */
export function avTargets(results: readonly AvResult[]): readonly AvTarget[] {
  const cells = cellsOf(results);
  const shifted = scenariosOf(results).filter((scenario) => CHANGED.includes(scenario));
  const over = (other: LearnerName): Interval | null =>
    difference(cells, ['pmr-stream', other], shifted, 'prequential');
  const mean = (learner: LearnerName, measure: Measure): number | null =>
    figure(cells, learner, shifted, measure)?.mean ?? null;
  const [recovery, forgotten] = [mean('joint', 'recovery'), mean('joint', 'forgetting')];
  const { promotions, harmful } = promotionsOf(cells.of('pmr-stream', scenariosOf(results)));
  const weak = senseOverJoint(cells, 'pmr-stream', shifted, 'weak');
  const strong = senseOverJoint(cells, 'pmr-stream', shifted, 'strong');
  const noise = difference(cells, ['pmr-stream', 'joint'], ['picture-noise'], 'prequential');
  const steady = difference(cells, ['pmr-stream', 'joint'], ['steady'], 'prequential');
  const all: readonly AvTarget[] = [
    atLeast({ name: 'prequential over joint', value: over('joint'), least: 1.5 }),
    atLeast({ name: 'prequential over joint + uni-modal CE', value: over('joint-uni-modal'), least: 0 }),
    atLeast({ name: 'prequential over sound alone', value: over('audio-only'), least: 0 }),
    atLeast({ name: 'prequential over picture alone', value: over('video-only'), least: 0 }),
    atLeast({ name: 'weak sense on the test, over joint', value: weak, least: 3 }),
    atLeast({ name: 'strong sense on the test, over joint', value: strong, least: -1 }),
    atLeast({ name: 'gap closed', value: gapFigure(cells, 'pmr-stream', shifted), least: 0.5 }),
    atMost(
      'labels to recover',
      mean('pmr-stream', 'recovery'),
      recovery === null ? null : Math.min(100, recovery / 2),
    ),
    atMost(
      'forgetting',
      mean('pmr-stream', 'forgetting'),
      forgotten === null ? null : Math.min(3, forgotten + 2),
    ),
    atMost('harmful promotions, %', promotions === 0 ? null : (100 * harmful) / promotions, 5),
    atLeast({ name: 'picture turned to noise, prequential over joint', value: noise, least: -0.5 }),
    atLeast({ name: 'steady stream, prequential over joint', value: steady, least: -0.5 }),
  ];
  return all.filter(({ value }) => value !== null);
}

export const avTargetLines = (targets: readonly AvTarget[]): string =>
  targets
    .map(
      ({ name, written: value, asked, met }) => `  ${name}: ${value}, ${asked}: ${met ? 'met' : 'not met'}`,
    )
    .join('\n');

/** PMR-stream beside what ran in fewer scenarios than the policies: its ablations, where they all ran. */
function ablationTable(results: readonly AvResult[]): readonly string[] {
  const whole = everywhere(results, scenariosOf(results));
  const partial = learnersOf(results).filter((name) => !whole.includes(name));
  const shared = scenariosOf(results).filter((scenario) =>
    partial.every((name) => ranIn(results, name, [scenario])),
  );
  if (partial.length === 0 || shared.length === 0) return [];
  return [`${shared.join(', ')}\n\n${avTable(results, shared, ['pmr-stream', ...partial])}`];
}

/** A table for all scenarios together, one for each, and label efficiency: where nothing changes, if that ran. */
export function avTables(results: readonly AvResult[]): string {
  const scenarios = scenariosOf(results);
  const cells: Cells = cellsOf(results);
  const each = scenarios.map((scenario) => {
    const weak = weakSense(cells, scenario);
    const words = weak === null ? '' : `; joint knows less by ${weak === 'Audio' ? 'sound' : 'picture'}`;
    return `${scenario}${words}\n\n${avTable(results, [scenario])}`;
  });
  const all = scenarios.length > 1 ? [`all scenarios\n\n${avTable(results, scenarios)}`] : [];
  const steady = scenarios.filter((scenario) => scenario === 'steady');
  const asked = steady.length > 0 ? steady : scenarios;
  const first = `prequential of the first labels, and the test, fused (${asked.join(', ')})`;
  return [...all, ...ablationTable(results), ...each, `${first}\n\n${efficiencyTable(results, asked)}`].join(
    '\n\n',
  );
}

/** Prequential accuracy by learner, and the fading accuracy along the stream of one scenario. */
export function avPlots(results: readonly AvResult[]): ReadonlyMap<string, string> {
  const cells = cellsOf(results);
  const scenarios = scenariosOf(results);
  const measures = ['prequential', 'after', 'testAudio', 'testVideo'] as const;
  const groups = everywhere(results, scenarios).map((learner) => ({
    name: learner,
    bars: measures.map((measure) => {
      const value = figure(cells, learner, scenarios, measure);
      const half = value?.high === null || !value ? null : (value.high - (value.low ?? value.high)) / 2;
      return { value: value?.mean ?? null, half };
    }),
  }));
  const bars = barChart({
    title: 'AV-stream: %, means over scenarios; 95 % bootstrap intervals over orders',
    series: ['prequential', 'after the shift', 'test, sound', 'test, picture'],
    groups,
    top: 100,
  });
  const curves = scenarios.map((scenario): [string, string] => {
    const lines = everywhere(results, [scenario]).map((name) => ({
      name,
      values: meanCurve(cells.of(name, [scenario])),
    }));
    const title = `AV-stream, ${scenario}: prequential accuracy, fading by ${RECOVERY_FACTOR}, %`;
    return [`av-${scenario}`, lineChart({ title, across: 'labels', lines, top: 100 })];
  });
  return new Map([['av', bars], ...curves]);
}

function meanCurve(results: readonly AvResult[]): readonly number[] {
  const curves = results.map(({ answers }) =>
    fadingCurve(
      answers.map(({ fused }) => fused),
      RECOVERY_FACTOR,
    ),
  );
  const length = Math.min(...curves.map((curve) => curve.length));
  if (!Number.isFinite(length)) return [];
  return Array.from({ length }, (_, i) =>
    curves.reduce((sum, curve) => sum + (100 * (curve[i] ?? 0)) / curves.length, 0),
  );
}
