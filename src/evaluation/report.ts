/**
 * What a run of a policy amounts to: accuracies before each label was learned, by sense and by class, what its rounds
 * came to, and tables of several runs side by side. Plain numbers and text; for commands and benches alike.
 */
import type { HeldOut, SampleScore } from '../journal.ts';
import { accuracyOf, type Fading, NOTHING_SCORED, scored } from './prequential.ts';

export const SIDES = ['fused', 'audio', 'video'] as const;
export type Side = (typeof SIDES)[number];

/** Accuracies in [0, 1] by sense; null where nothing was there to be answered. */
export type Accuracies = Readonly<Record<Side, number | null>>;

/** One labelled span, scored before it was learned. */
export type ScoredSpan = {
  readonly classId: string;
  /** Whether its windows carry sound, and picture: a sense that was not there is not wrong. */
  readonly hears: boolean;
  readonly sees: boolean;
  readonly samples: readonly SampleScore[];
};

/** How one round ended. */
export type RoundRecord = {
  readonly round: number;
  /** Labels that had been given. */
  readonly afterLabels: number;
  readonly ended: 'promoted' | 'rejected' | 'nothing';
  /** The version that it made; null: none. */
  readonly version: number | null;
  readonly verdict: string;
  readonly heldOut: HeldOut | null;
};

/** What a run leaves behind. */
export type RunRecord = {
  readonly policy: string;
  /** In the order in which they were given. */
  readonly spans: readonly ScoredSpan[];
  readonly rounds: readonly RoundRecord[];
  /** Times that a version was left because its answers had declined. */
  readonly rollbacks: number;
  /** The last model on samples that no round trained on, and how many these are. */
  readonly heldOut: HeldOut | null;
  readonly heldOutSamples: number;
};

export type ClassAccuracies = Accuracies & { readonly classId: string; readonly spans: number };

export type RunReport = {
  readonly policy: string;
  /** Test, then train: mean over all spans, each counting once however long it was held. */
  readonly prequential: Accuracies;
  /** The same, older spans fading by 0.98 each. */
  readonly faded: Accuracies;
  readonly perClass: readonly ClassAccuracies[];
  /** Faded accuracy after each span, for plots. */
  readonly curves: Readonly<Record<Side, readonly (number | null)[]>>;
  readonly spans: number;
  readonly samples: number;
  readonly promoted: number;
  readonly rejected: number;
  readonly rollbacks: number;
  readonly rounds: readonly RoundRecord[];
  readonly heldOut: HeldOut | null;
  readonly heldOutSamples: number;
};

/** Share of a span's samples that one sense answered rightly; null where it was not there. */
function shareOf({ classId, hears, sees, samples }: ScoredSpan, side: Side): number | null {
  const absent = (side === 'audio' && !hears) || (side === 'video' && !sees);
  if (absent || samples.length === 0) return null;
  return samples.filter((sample) => sample[side] === classId).length / samples.length;
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

const bySide = <T>(of: (side: Side) => T): Readonly<Record<Side, T>> => ({
  fused: of('fused'),
  audio: of('audio'),
  video: of('video'),
});

function curveOf(spans: readonly ScoredSpan[], side: Side): readonly (number | null)[] {
  let fading: Fading = NOTHING_SCORED;
  return spans.map((span) => {
    const share = shareOf(span, side);
    if (share !== null) fading = scored(fading, share);
    return accuracyOf(fading);
  });
}

/** The report of one run. Pure. */
export function reportOf(run: RunRecord): RunReport {
  const { policy, spans, rounds, rollbacks, heldOut, heldOutSamples } = run;
  const meanSides = (of: readonly ScoredSpan[]): Accuracies =>
    bySide((side) => meanOf(of.map((span) => shareOf(span, side))));
  const classIds = [...new Set(spans.map(({ classId }) => classId))];
  const curves = bySide((side) => curveOf(spans, side));
  return {
    policy,
    prequential: meanSides(spans),
    faded: bySide((side) => curves[side].at(-1) ?? null),
    perClass: classIds.map((classId) => {
      const own = spans.filter((span) => span.classId === classId);
      return { classId, spans: own.length, ...meanSides(own) };
    }),
    curves,
    spans: spans.length,
    samples: spans.reduce((sum, { samples }) => sum + samples.length, 0),
    promoted: rounds.filter(({ ended }) => ended === 'promoted').length,
    rejected: rounds.filter(({ ended }) => ended === 'rejected').length,
    rollbacks,
    rounds,
    heldOut,
    heldOutSamples,
  };
}

/** A share in percent with one decimal, or a dash. */
export const percent = (share: number | null): string => (share === null ? '-' : (100 * share).toFixed(1));

/**
 * Rows under a header, in columns; reads as Markdown, too.
 * @param names leading columns that hold names, to the left; the others hold figures, to the right.
 */
export function tableOf(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  names = 1,
): readonly string[] {
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const placed = (cells: readonly string[]): string =>
    line(
      widths.map((width, i) =>
        i < names ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width),
      ),
    );
  const rule = widths.map((width, i) => (i < names ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [placed(header), line(rule), ...rows.map(placed)];
}

/** One row a policy: accuracies before learning, rounds, and the last model's held-out answers. In percent. */
export function policyTable(reports: readonly RunReport[]): readonly string[] {
  const header = [
    'policy',
    'fused',
    'sound',
    'picture',
    'last',
    'promoted',
    'rejected',
    'left',
    'held out',
    'of',
  ];
  const rows = reports.map(({ policy, prequential, faded, promoted, rejected, rollbacks, ...rest }) => [
    policy,
    ...SIDES.map((side) => percent(prequential[side])),
    percent(faded.fused),
    String(promoted),
    String(rejected),
    String(rollbacks),
    percent(rest.heldOut?.fused ?? null),
    String(rest.heldOutSamples),
  ]);
  return tableOf(header, rows);
}

/** One row a class and policy: accuracies before learning, in percent. */
export function classTable(
  reports: readonly RunReport[],
  nameOf: (classId: string) => string,
): readonly string[] {
  const header = ['class', 'policy', 'fused', 'sound', 'picture', 'spans'];
  const classIds = [...new Set(reports.flatMap(({ perClass }) => perClass.map(({ classId }) => classId)))];
  const rows = classIds.flatMap((id) =>
    reports.flatMap(({ policy, perClass }) =>
      perClass
        .filter(({ classId }) => classId === id)
        .map((one) => [nameOf(id), policy, ...SIDES.map((side) => percent(one[side])), String(one.spans)]),
    ),
  );
  return tableOf(header, rows, 2);
}
