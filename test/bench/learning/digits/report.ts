/** The digits' cells as a table for people, figures with targets, and plots. */
import type { PolicyName } from '../../../../proto/policies.ts';
import { barChart, lineChart } from '../../../../src/evaluation/plot.ts';
import { type BySeed, type Estimate, estimate, pairedDifference } from '../statistics.ts';
import type { DigitResult } from './run.ts';

type Measure = (result: DigitResult) => number;

const percent =
  (of: Measure): Measure =>
  (result) =>
    100 * of(result);

const MEASURES = {
  fused: percent(({ fused }) => fused),
  gray: percent(({ gray }) => gray.prototype),
  coloured: percent(({ coloured }) => coloured.prototype),
  grayHead: percent(({ gray }) => gray.head),
  colouredHead: percent(({ coloured }) => coloured.head),
  trainGray: percent(({ gray }) => gray.trainPrototype),
  trainColoured: percent(({ coloured }) => coloured.trainPrototype),
} as const;

/** A policy's results by seed, and what of them is compared. */
function bySeed(results: readonly DigitResult[], policy: PolicyName, of: Measure): BySeed {
  return new Map(
    results.filter((one) => one.policy === policy).map((one): [number, number] => [one.seed, of(one)]),
  );
}

const policiesOf = (results: readonly DigitResult[]): readonly PolicyName[] => [
  ...new Set(results.map(({ policy }) => policy)),
];

const written = (value: Estimate | null): string => {
  if (!value) return '-';
  return value.half === null ? value.mean.toFixed(1) : `${value.mean.toFixed(1)} ± ${value.half.toFixed(1)}`;
};
const signed = (value: Estimate | null): string =>
  value && value.mean >= 0 ? `+${written(value)}` : written(value);

/** Bounds that see one view alone: only that view's columns say anything of them. */
const ONE_VIEW: Partial<Readonly<Record<PolicyName, 'gray' | 'coloured'>>> = {
  'audio-only': 'gray',
  'video-only': 'coloured',
};
/** The digits' words: gray stands in sound's place, coloured in the picture's. */
export const policyTitle = (policy: PolicyName): string => {
  const view = ONE_VIEW[policy];
  return view ? `${view} alone` : policy;
};

const HEADINGS = [
  'policy',
  'fused by seed',
  'fused',
  'over joint',
  'gray',
  'over joint',
  'coloured',
  'gray / coloured half',
  'TRAIN gray / coloured',
  'rho',
] as const;

function rowOf(results: readonly DigitResult[], policy: PolicyName): readonly string[] {
  const view = ONE_VIEW[policy];
  const values = (measure: keyof typeof MEASURES): BySeed => bySeed(results, policy, MEASURES[measure]);
  const all = (measure: keyof typeof MEASURES): Estimate | null => estimate([...values(measure).values()]);
  const over = (measure: keyof typeof MEASURES): string =>
    policy === 'joint' || view
      ? ''
      : signed(pairedDifference(values(measure), bySeed(results, 'joint', MEASURES[measure])));
  const short = (measure: keyof typeof MEASURES): string => all(measure)?.mean.toFixed(1) ?? '-';
  const only = (side: 'gray' | 'coloured', content: string): string =>
    view === undefined || view === side ? content : '';
  const pair = (gray: string, coloured: string): string =>
    [only('gray', gray), only('coloured', coloured)].filter((part) => part !== '').join(' / ');
  const rho = estimate(results.flatMap((one) => (one.policy === policy ? (one.rho.at(-1) ?? []) : [])));
  return [
    policyTitle(policy),
    view ? '' : [...values('fused').values()].map((value) => value.toFixed(1)).join(', '),
    view ? '' : written(all('fused')),
    over('fused'),
    only('gray', written(all('gray'))),
    over('gray'),
    only('coloured', written(all('coloured'))),
    pair(short('grayHead'), short('colouredHead')),
    pair(short('trainGray'), short('trainColoured')),
    rho?.mean.toFixed(2) ?? '',
  ];
}

/** A Markdown table, columns in line. */
export function digitTable(results: readonly DigitResult[]): string {
  const rows = [HEADINGS, ...policiesOf(results).map((policy) => rowOf(results, policy))];
  const widths = HEADINGS.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

export type Target = {
  readonly name: string;
  readonly value: Estimate | null;
  readonly atLeast: number;
  readonly met: boolean;
};

// Issue 4: the effect must appear.
const GRAY_OVER_JOINT = 15;
const FUSED_OVER_JOINT = 5;
const GRAY_ALONE = 95;

/** What the digits must show, for both forms of PMR. */
export function digitTargets(results: readonly DigitResult[]): readonly Target[] {
  const known = policiesOf(results);
  const over = (policy: PolicyName, measure: 'gray' | 'fused'): Estimate | null =>
    pairedDifference(bySeed(results, policy, MEASURES[measure]), bySeed(results, 'joint', MEASURES[measure]));
  const target = (name: string, value: Estimate | null, atLeast: number): Target => ({
    name,
    value,
    atLeast,
    met: value !== null && value.mean >= atLeast,
  });
  const forms = (['paper-pmr', 'published-pmr'] as const).filter((policy) => known.includes(policy));
  const gray = estimate([...bySeed(results, 'audio-only', MEASURES.grayHead).values()]);
  return [
    ...forms.flatMap((policy) => [
      target(`${policy}: gray over joint`, over(policy, 'gray'), GRAY_OVER_JOINT),
      target(`${policy}: fused over joint`, over(policy, 'fused'), FUSED_OVER_JOINT),
    ]),
    ...(gray ? [target('gray alone, by its head', gray, GRAY_ALONE)] : []),
  ];
}

export function targetLines(targets: readonly Target[]): string {
  return targets
    .map(
      ({ name, value, atLeast, met }) =>
        `  ${name}: ${written(value)}, target >= ${atLeast}: ${met ? 'met' : 'not met'}`,
    )
    .join('\n');
}

/** Accuracies by policy, and rho by epoch. */
export function digitPlots(results: readonly DigitResult[]): {
  readonly accuracy: string;
  readonly rho: string;
} {
  const policies = policiesOf(results).filter((policy) => ONE_VIEW[policy] === undefined);
  const bar = (policy: PolicyName, of: Measure) => {
    const value = estimate([...bySeed(results, policy, of).values()]);
    return { value: value?.mean ?? 0, half: value?.half ?? null };
  };
  const groups = policies.map((policy) => ({
    name: policyTitle(policy),
    bars: [MEASURES.fused, MEASURES.gray, MEASURES.coloured].map((of) => bar(policy, of)),
  }));
  const lines = policies.map((policy) => ({ name: policyTitle(policy), values: meanRho(results, policy) }));
  return {
    accuracy: barChart({
      title: 'CG-digits: test accuracy, %; 95 % intervals over seeds',
      series: ['fused', 'gray, nearest prototype', 'coloured, nearest prototype'],
      groups,
      top: 100,
    }),
    rho: lineChart({
      title: 'CG-digits: gray prototype scores over coloured ones, while training',
      across: 'epochs',
      lines,
      top: Math.max(1.5, ...lines.flatMap(({ values }) => values)),
    }),
  };
}

function meanRho(results: readonly DigitResult[], policy: PolicyName): readonly number[] {
  const runs = results.filter((one) => one.policy === policy).map(({ rho }) => rho);
  const epochs = Math.max(0, ...runs.map((rho) => rho.filter((value) => value !== null).length));
  return Array.from({ length: epochs }, (_, epoch) =>
    runs.reduce((sum, rho) => sum + (rho[epoch] ?? 0) / runs.length, 0),
  );
}
