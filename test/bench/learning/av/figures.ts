/** The figures of the AV-stream: one number a cell and measure, and what of them is compared. Points are percent. */
import { forgetting } from '../../../../src/evaluation/forgetting.ts';
import { bootstrap, type Interval } from '../statistics.ts';
import type { LearnerName } from './learners.ts';
import { fadingCurve, gapClosed, isHarmful, labelsToRecover, meanUpTo, shareOf } from './metrics.ts';
import type { AvResult } from './run.ts';
import { contextName, SCENARIOS, type ScenarioName, shiftAt } from './scenarios.ts';
import type { Shares } from './stream-result.ts';

const FADING = 0.99;
const percent = (share: number | null | undefined): number | null =>
  share === null || share === undefined ? null : 100 * share;

/** The last test in the last phase's context. */
export function lastShares({ scenario, tests }: AvResult): Shares | null {
  const phase = SCENARIOS[scenario].phases.at(-1);
  return (phase && tests.at(-1)?.contexts[contextName(phase)]) ?? null;
}

/** The test after so many labels, in the first phase's context. */
function sharesAt({ scenario, tests }: AvResult, labels: number): Shares | null {
  const [phase] = SCENARIOS[scenario].phases;
  return (phase && tests.find((one) => one.labels === labels)?.contexts[contextName(phase)]) ?? null;
}

/** F of the contexts met before the last shift; null where the shift brought no other context. */
function forgotten({ scenario, tests }: AvResult): number | null {
  const phase = SCENARIOS[scenario].phases.at(-1);
  const now = phase ? contextName(phase) : '';
  const old = tests.map(({ contexts }) => {
    const before = Object.entries(contexts).filter(([name]) => name !== now);
    return new Map(before.flatMap(([name, { fused }]) => (fused === null ? [] : [[name, fused] as const])));
  });
  return forgetting(old);
}

const fusedOf = ({ answers }: AvResult): readonly boolean[] => answers.map(({ fused }) => fused);
const afterOf = <T>(result: AvResult, answers: readonly T[]): readonly T[] =>
  answers.slice(shiftAt(SCENARIOS[result.scenario]));

/** One cell's value; null where it has none. */
export const MEASURES = {
  prequential: (one) => percent(shareOf(fusedOf(one))),
  fading: (one) => percent(fadingCurve(fusedOf(one), FADING).at(-1)),
  after: (one) => percent(shareOf(afterOf(one, fusedOf(one)))),
  audioAfter: (one) =>
    percent(
      shareOf(
        afterOf(
          one,
          one.answers.map(({ audio }) => audio),
        ),
      ),
    ),
  videoAfter: (one) =>
    percent(
      shareOf(
        afterOf(
          one,
          one.answers.map(({ video }) => video),
        ),
      ),
    ),
  testFused: (one) => percent(lastShares(one)?.fused),
  testAudio: (one) => percent(lastShares(one)?.audio),
  testVideo: (one) => percent(lastShares(one)?.video),
  testAudioHead: (one) => percent(lastShares(one)?.audioHead),
  testVideoHead: (one) => percent(lastShares(one)?.videoHead),
  forgetting: (one) => percent(forgotten(one)),
  // What never came back counts as the whole rest of the stream; without a shift there is nothing to come back from.
  recovery: (one) => {
    const shift = shiftAt(SCENARIOS[one.scenario]);
    return shift === 0 ? null : (labelsToRecover(fusedOf(one), shift) ?? afterOf(one, one.answers).length);
  },
  at50: (one) => percent(meanUpTo(fusedOf(one), 50)),
  at100: (one) => percent(meanUpTo(fusedOf(one), 100)),
  at200: (one) => percent(meanUpTo(fusedOf(one), 200)),
  at300: (one) => percent(meanUpTo(fusedOf(one), 300)),
  at500: (one) => percent(meanUpTo(fusedOf(one), 500)),
  test100: (one) => percent(sharesAt(one, 100)?.fused),
  test200: (one) => percent(sharesAt(one, 200)?.fused),
  test500: (one) => percent(sharesAt(one, 500)?.fused),
} as const satisfies Readonly<Record<string, (result: AvResult) => number | null>>;
export type Measure = keyof typeof MEASURES;

export type Cells = {
  readonly results: readonly AvResult[];
  readonly of: (learner: LearnerName, scenarios: readonly ScenarioName[]) => readonly AvResult[];
};

export const cellsOf = (results: readonly AvResult[]): Cells => ({
  results,
  of: (learner, scenarios) =>
    results.filter((one) => one.learner === learner && scenarios.includes(one.scenario)),
});

/** By order: the mean over the scenarios, so that an order counts once. */
function byOrder(results: readonly AvResult[], valued: (one: AvResult) => number | null): readonly number[] {
  return [...new Set(results.map(({ order }) => order))].flatMap((order) => {
    const values = results.filter((one) => one.order === order).flatMap((one) => valued(one) ?? []);
    return values.length === 0 ? [] : [values.reduce((sum, value) => sum + value, 0) / values.length];
  });
}

export function figure(
  cells: Cells,
  learner: LearnerName,
  scenarios: readonly ScenarioName[],
  measure: Measure,
): Interval | null {
  return bootstrap(byOrder(cells.of(learner, scenarios), MEASURES[measure]));
}

/** A learner's value less another's in the same scenario and order. */
export function difference(
  cells: Cells,
  [learner, other]: readonly [LearnerName, LearnerName],
  scenarios: readonly ScenarioName[],
  measure: Measure,
): Interval | null {
  const others = cells.of(other, scenarios);
  return bootstrap(
    byOrder(cells.of(learner, scenarios), (one) => {
      const twin = others.find(({ scenario, order }) => scenario === one.scenario && order === one.order);
      const [value, its] = [MEASURES[measure](one), twin ? MEASURES[measure](twin) : null];
      return value === null || its === null ? null : value - its;
    }),
  );
}

/** The sense on which plain joint training ends lower on a scenario's test; null without such a cell. */
export function weakSense(cells: Cells, scenario: ScenarioName): 'Audio' | 'Video' | null {
  const audio = figure(cells, 'joint', [scenario], 'testAudio');
  const video = figure(cells, 'joint', [scenario], 'testVideo');
  if (!audio || !video) return null;
  return audio.mean <= video.mean ? 'Audio' : 'Video';
}

/** Of all scenarios that say which sense is weak. */
export function senseOverJoint(
  cells: Cells,
  learner: LearnerName,
  scenarios: readonly ScenarioName[],
  which: 'weak' | 'strong',
): Interval | null {
  const joint = cells.of('joint', scenarios);
  return bootstrap(
    byOrder(cells.of(learner, scenarios), (one) => {
      const weak = weakSense(cells, one.scenario);
      const twin = joint.find(({ scenario, order }) => scenario === one.scenario && order === one.order);
      if (!weak || !twin) return null;
      const side = which === 'weak' ? weak : weak === 'Audio' ? 'Video' : 'Audio';
      const [value, its] = [MEASURES[`test${side}`](one), MEASURES[`test${side}`](twin)];
      return value === null || its === null ? null : value - its;
    }),
  );
}

/** Gap closed on the weak sense, against the policy that has this sense alone. */
export function gapFigure(
  cells: Cells,
  learner: LearnerName,
  scenarios: readonly ScenarioName[],
): Interval | null {
  const twinOf = (who: LearnerName, one: AvResult, measure: Measure): number | null => {
    const twin = cells.of(who, [one.scenario]).find(({ order }) => order === one.order);
    return twin ? MEASURES[measure](twin) : null;
  };
  return bootstrap(
    byOrder(cells.of(learner, scenarios), (one) => {
      const weak = weakSense(cells, one.scenario);
      if (!weak) return null;
      const measure = `test${weak}` as const;
      const joint = twinOf('joint', one, measure);
      const alone = twinOf(weak === 'Audio' ? 'audio-only' : 'video-only', one, measure);
      const value = MEASURES[measure](one);
      if (joint === null || alone === null || value === null) return null;
      return gapClosed(value / 100, joint / 100, alone / 100);
    }),
  );
}

export type Promoted = {
  readonly promotions: number;
  readonly harmful: number;
  readonly rejected: number;
  readonly left: number;
};

/** Counts over cells. */
export function promotionsOf(results: readonly AvResult[]): Promoted {
  const promotions = results.flatMap((one) => one.promotions);
  return {
    promotions: promotions.length,
    harmful: promotions.filter(isHarmful).length,
    rejected: results.flatMap(({ rounds }) => rounds.filter(({ ended }) => ended === 'rejected')).length,
    left: results.reduce((sum, { rollbacks }) => sum + rollbacks, 0),
  };
}
