/** What the bench prints and draws. */

import { type BarChart, barChart } from '../../../src/evaluation/plot.ts';
import type { Interval } from '../learning/statistics.ts';
import { BOUND_LABELS, type CellResult } from './cells.ts';
import {
  difference,
  figure,
  KEY_FIGURES,
  SENSE_NAMES,
  SENSES,
  type Sense,
  type Shown,
  spreadOf,
  type Target,
  type Which,
} from './figures.ts';
import { HARD_SETS, LABELS, SET_NAMES, SETS, type SetName } from './sets.ts';

const points = (share: number): string => (100 * share).toFixed(1);

/** "93.1 [91.0, 95.2]". */
export function shown(interval: Interval | null): string {
  if (!interval) return '';
  const { mean, low, high } = interval;
  return low === null || high === null ? points(mean) : `${points(mean)} [${points(low)}, ${points(high)}]`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(width[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(width.map((w) => '-'.repeat(w))), ...rows.map(line)].join('\n');
}

const STAGE_NAMES: Readonly<Record<Shown, string>> = {
  prototypes: 'prototypes',
  'fine-tuned': 'fine-tuned',
  trained: '(without the gate)',
  bound: 'supervised bound',
};
const SHOWN: readonly Shown[] = ['prototypes', 'fine-tuned', 'trained', 'bound'];

const namesIn = (results: readonly CellResult[]): readonly string[] => [
  ...new Set(results.map(({ learner }) => learner)),
];

function setTable(results: readonly CellResult[], set: SetName): string {
  const rows = namesIn(results).flatMap((learner) =>
    SHOWN.flatMap((stage) =>
      [...LABELS, BOUND_LABELS].flatMap((labels) => {
        const which: Which = { set, learner, stage, labels };
        const found = SENSES.map((sense) => figure(results, which, sense));
        if (!found[0]) return [];
        const unknown = figure(results, which, 'unknown');
        const cells = [learner, STAGE_NAMES[stage], String(labels), ...found.map(shown)];
        return [[...cells, points(unknown?.mean ?? 0), String(found[0].count)]];
      }),
    ),
  );
  if (rows.length === 0) return '';
  const chance = `chance ${points(1 / SETS[set].classes)}`;
  const head = ['weights', 'stage', 'labels', 'fused', 'sound', 'picture', 'unknown', 'draws'];
  return `${set} (${SETS[set].classes} classes, ${chance})\n\n${table(head, rows)}`;
}

/** All sets, one table each. */
export const setTables = (results: readonly CellResult[]): string =>
  SET_NAMES.map((set) => setTable(results, set))
    .filter((one) => one !== '')
    .join('\n\n');

const verdictOf = (met: boolean | null): string => (met === null ? 'not run' : met ? 'met' : 'not met');

export function targetTable(targets: readonly Target[]): string {
  const rows = targets.map(({ what, found, least, met }) => [
    what,
    shown(found),
    `>= ${points(least)}`,
    verdictOf(met),
  ]);
  return table(['target', 'found', 'asked', ''], rows);
}

/** What serves: fine-tuned where that was run, by prototypes else. */
function servedStage(results: readonly CellResult[], which: Omit<Which, 'stage'>): Which {
  const tuned: Which = { ...which, stage: 'fine-tuned' };
  return figure(results, tuned, 'fused') ? tuned : { ...which, stage: 'prototypes' };
}

const HELP_FROM = 0.03; // a gain below three points is not worth four megabytes

/** Whether a difference shows a gain. */
export function helpOf(gain: Interval | null): string {
  if (!gain) return 'not run';
  if (gain.low === null) return gain.mean >= HELP_FROM ? 'helps (one draw)' : 'no help (one draw)';
  if (gain.low <= 0) return 'no gain that the draws show';
  return gain.mean >= HELP_FROM ? 'helps' : 'hardly helps';
}

/** Starter against random weights, both as far as they were taken: where it helps and where it no longer does. */
export function helpTable(results: readonly CellResult[], starter: string): string {
  const sets: readonly SetName[] = ['held-out', 'words-clean', 'words-noisy', ...HARD_SETS];
  const rows = sets.flatMap((set) =>
    LABELS.flatMap((labels) => {
      const own = servedStage(results, { set, learner: starter, labels });
      const other = servedStage(results, { set, learner: 'random', labels });
      const gains = SENSES.map((sense) => difference(results, own, other, sense));
      if (!gains[0]) return [];
      const stages = `${STAGE_NAMES[own.stage]} / ${STAGE_NAMES[other.stage]}`;
      return [[set, String(labels), stages, ...gains.map(shown), helpOf(gains[0] ?? null)]];
    }),
  );
  const head = ['set', 'labels', 'starter / random', 'fused', 'sound', 'picture', 'fused gain'];
  return rows.length === 0 ? '' : table(head, rows);
}

/** Over starters of several pretraining seeds. */
export function spreadTable(results: readonly CellResult[], starters: readonly string[]): string {
  if (starters.length < 2) return '';
  const rows = KEY_FIGURES.flatMap(({ sense, ...which }) => {
    const values = starters.flatMap((learner) => figure(results, { ...which, learner }, sense)?.mean ?? []);
    const spread = spreadOf(values);
    if (!spread) return [];
    const what = `${which.set}, ${which.labels}, ${SENSE_NAMES[sense]}`;
    return [[what, values.map(points).join(', '), points(spread.mean), points(spread.deviation)]];
  });
  return table(['prototypes', starters.join(', '), 'mean', 'deviation'], rows);
}

function chartOf(results: readonly CellResult[], sense: Sense, starter: string): BarChart {
  const bars: readonly (readonly [string, Omit<Which, 'set'>])[] = [
    ['random, 1', { learner: 'random', stage: 'prototypes', labels: 1 }],
    ['starter, 1', { learner: starter, stage: 'prototypes', labels: 1 }],
    ['random, 5', { learner: 'random', stage: 'prototypes', labels: 5 }],
    ['starter, 5', { learner: starter, stage: 'prototypes', labels: 5 }],
    ['random, tuned 20', { learner: 'random', stage: 'fine-tuned', labels: 20 }],
    ['starter, tuned 20', { learner: starter, stage: 'fine-tuned', labels: 20 }],
  ];
  const sets = SET_NAMES.filter((set) => results.some((one) => one.set === set));
  return {
    title: `Few labels, ${SENSE_NAMES[sense]}: accuracy in %, labels of each class`,
    series: bars.map(([name]) => name),
    groups: sets.map((set) => ({
      name: set,
      bars: bars.map(([, which]) => {
        const found = figure(results, { ...which, set }, sense);
        const half = found?.low == null || found.high == null ? null : 50 * (found.high - found.low);
        return { value: 100 * (found?.mean ?? 0), half };
      }),
    })),
    top: 100,
  };
}

/** A chart for each sense, by the name of its file. */
export const plots = (
  results: readonly CellResult[],
  starter: string,
): readonly (readonly [string, string])[] =>
  SENSES.map(
    (sense) => [`fewshot-${SENSE_NAMES[sense]}`, barChart(chartOf(results, sense, starter))] as const,
  );
