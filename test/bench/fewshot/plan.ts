/** Which cells the bench runs, in jobs that share a draw. */
import type { Cell, LearnerRef, Stage } from './cells.ts';
import { HARD_SETS, SET_NAMES, type SetName } from './sets.ts';

export const RANDOM: LearnerRef = { name: 'random', path: null, digest: 'random' };

export type Plan = {
  readonly long: boolean;
  /** The first one is fine-tuned as well; the others are for the spread. */
  readonly starters: readonly LearnerRef[];
  /** Draws of prototypes; hard sets have fewer in the short form. */
  readonly draws: number;
  /** Draws that are fine-tuned of each set and number of labels; null: as many as the form has. */
  readonly tuned: number | null;
  readonly sets: readonly SetName[];
  readonly stages: readonly Stage[];
};

/** Draws that are fine-tuned, for each set and number of labels. The opponent stands beside the starter on the same draws. */
const SHORT_TUNED: readonly (readonly [set: SetName, labels: number, draws: number])[] = [
  ['words-clean', 20, 1],
  ['words-noisy', 20, 1],
  ['held-out', 5, 1],
  ['held-out', 20, 1],
];
const LONG_TUNED: typeof SHORT_TUNED = [
  ...(['words-clean', 'words-noisy', 'held-out'] as const).flatMap((set) =>
    [5, 20].map((labels) => [set, labels, 10] as const),
  ),
  ...HARD_SETS.flatMap((set) => [5, 20].map((labels) => [set, labels, 3] as const)),
];
const SHORT_HARD_DRAWS = 2;
const BOUND_SETS: readonly SetName[] = ['held-out', 'words-noisy'];

const isHard = (set: SetName): boolean => HARD_SETS.some((hard) => hard === set);
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Prototypes first, since they say most and cost least; then what is trained, draw by draw. */
export function jobsOf({
  long,
  starters,
  draws,
  tuned: tunedDraws,
  sets,
  stages,
}: Plan): readonly (readonly Cell[])[] {
  const learners = [...starters, RANDOM];
  const prototypes = SET_NAMES.filter((set) => sets.includes(set)).flatMap((set) =>
    upTo(isHard(set) && !long ? Math.min(SHORT_HARD_DRAWS, draws) : draws).map((draw) =>
      learners.map((learner): Cell => ({ set, draw, learner, stage: 'prototypes', labels: 0, long })),
    ),
  );
  const tuning = [...starters.slice(0, 1), RANDOM];
  const tuned = (long ? LONG_TUNED : SHORT_TUNED)
    .filter(([set]) => sets.includes(set))
    .flatMap(([set, labels, count]) =>
      upTo(tunedDraws ?? Math.min(count, draws)).flatMap((draw) =>
        tuning.map((learner): Cell => ({ set, draw, learner, stage: 'fine-tuned', labels, long })),
      ),
    )
    .toSorted((a, b) => a.draw - b.draw);
  const bound = BOUND_SETS.filter((set) => sets.includes(set) && (long || set === 'held-out')).flatMap(
    (set) =>
      upTo(long ? Math.min(3, draws) : 1).map(
        (draw): Cell => ({ set, draw, learner: RANDOM, stage: 'bound', labels: 0, long }),
      ),
  );
  const all = [...prototypes, ...tuned.map((cell) => [cell]), ...bound.map((cell) => [cell])];
  return all.filter(([cell]) => cell && stages.includes(cell.stage));
}
