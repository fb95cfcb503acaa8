/** What the cells amount to: means over draws with intervals, differences draw by draw, targets. */
import { bootstrap, type Interval } from '../learning/statistics.ts';
import type { CellResult, Stage } from './cells.ts';
import type { Scores } from './classified.ts';
import type { SetName } from './sets.ts';

/** `trained`: the last candidate of fine-tuning, whatever the gate said of it. */
export type Shown = Stage | 'trained';
export type Sense = 'fused' | 'audio' | 'video';
export const SENSES: readonly Sense[] = ['fused', 'audio', 'video'];

/** Which figure. */
export type Which = {
  readonly set: SetName;
  readonly learner: string;
  readonly stage: Shown;
  readonly labels: number;
};

/** Scores by draw. */
export function byDraw(
  results: readonly CellResult[],
  { set, learner, stage, labels }: Which,
): ReadonlyMap<number, Scores> {
  const from = stage === 'trained' ? 'fine-tuned' : stage;
  return new Map(
    results
      .filter((one) => one.set === set && one.learner === learner && one.stage === from)
      .flatMap(({ draw, byLabels, trained }) => {
        const row = byLabels.find((one) => one.labels === labels);
        const scores = row && (stage === 'trained' ? trained : row.scores);
        return scores ? [[draw, scores] as const] : [];
      }),
  );
}

/** Mean over the draws of one sense's share, with its bootstrap interval; null where nothing was run. */
export function figure(results: readonly CellResult[], which: Which, sense: keyof Scores): Interval | null {
  return bootstrap([...byDraw(results, which).values()].map((scores) => scores[sense]));
}

/** `a - b` over the draws that both have: classes, windows and test are shared, so the pairs' spread is what counts. */
export function difference(
  results: readonly CellResult[],
  a: Which,
  b: Which,
  sense: Sense,
): Interval | null {
  const other = byDraw(results, b);
  return bootstrap(
    [...byDraw(results, a)].flatMap(([draw, scores]) => {
      const against = other.get(draw);
      return against ? [scores[sense] - against[sense]] : [];
    }),
  );
}

export type Target = {
  readonly what: string;
  readonly found: Interval | null;
  /** In 0..1. */
  readonly least: number;
  /** Null where it was not run. */
  readonly met: boolean | null;
};

function target(what: string, found: Interval | null, least: number): Target {
  // A share of whole windows may miss its decimal by rounding.
  return { what, found, least, met: found && found.mean >= least - 1e-9 };
}

export const SENSE_NAMES: Readonly<Record<Sense, string>> = {
  fused: 'fused',
  audio: 'sound',
  video: 'picture',
};

/** The targets, of one starter. */
export function targetsOf(results: readonly CellResult[], starter: string): readonly Target[] {
  const gain = (sense: Sense): Target => {
    const which = { set: 'held-out', stage: 'prototypes', labels: 5 } as const;
    const found = difference(results, { ...which, learner: starter }, { ...which, learner: 'random' }, sense);
    return target(`held-out, 5 labels, prototypes: ${SENSE_NAMES[sense]} over random weights`, found, 0.3);
  };
  const reached = (which: Omit<Which, 'learner'>, sense: Sense, least: number): Target => {
    const { set, labels, stage } = which;
    const what = `${set}, ${labels} ${labels === 1 ? 'label' : 'labels'}, ${stage}: ${SENSE_NAMES[sense]}`;
    return target(what, figure(results, { ...which, learner: starter }, sense), least);
  };
  const tuned = { set: 'words-clean', labels: 20, stage: 'fine-tuned' } as const;
  return [
    gain('audio'),
    gain('video'),
    reached({ set: 'words-clean', labels: 1, stage: 'prototypes' }, 'fused', 0.9),
    reached({ set: 'words-clean', labels: 5, stage: 'prototypes' }, 'fused', 0.95),
    reached({ set: 'words-noisy', labels: 5, stage: 'prototypes' }, 'fused', 0.92),
    reached(tuned, 'fused', 0.97),
    reached(tuned, 'audio', 0.93),
    reached(tuned, 'video', 0.93),
    reached({ set: 'steady', labels: 5, stage: 'prototypes' }, 'audio', 0.9),
    reached({ set: 'steady', labels: 5, stage: 'prototypes' }, 'video', 0.9),
  ];
}

/** The figures by which starters of several pretraining seeds are compared. */
export const KEY_FIGURES: readonly (Omit<Which, 'learner'> & { readonly sense: Sense })[] = [
  { set: 'held-out', labels: 1, stage: 'prototypes', sense: 'fused' },
  { set: 'held-out', labels: 5, stage: 'prototypes', sense: 'audio' },
  { set: 'held-out', labels: 5, stage: 'prototypes', sense: 'video' },
  { set: 'words-clean', labels: 1, stage: 'prototypes', sense: 'fused' },
  { set: 'words-clean', labels: 5, stage: 'prototypes', sense: 'fused' },
  { set: 'words-noisy', labels: 5, stage: 'prototypes', sense: 'fused' },
  { set: 'words-noisy', labels: 5, stage: 'prototypes', sense: 'audio' },
  { set: 'words-noisy', labels: 5, stage: 'prototypes', sense: 'video' },
];

export type Spread = {
  readonly values: readonly number[];
  readonly mean: number;
  readonly deviation: number;
};

/** Over starters; null for fewer than two. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { values, mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
