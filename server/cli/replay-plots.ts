/** The plots of `counterpoise replay`: what its tables say, as pictures. */
import { type Bar, barChart, lineChart } from '../../src/evaluation/plot.ts';
import { type RunReport, SIDES } from '../../src/evaluation/report.ts';

const SERIES = { fused: 'fused', audio: 'sound', video: 'picture' } as const;
const inPercent = (share: number | null): number | null => (share === null ? null : 100 * share);
const barOf = (share: number | null): Bar => ({ value: inPercent(share), half: null });

/** SVG texts by file name: accuracies by policy, along the labels, and by class of each policy. */
export function replayPlots(
  reports: readonly RunReport[],
  nameOf: (classId: string) => string,
): ReadonlyMap<string, string> {
  const policies = barChart({
    title: 'Answers before each label was learned, % right',
    series: SIDES.map((side) => SERIES[side]),
    groups: reports.map(({ policy, prequential }) => ({
      name: policy,
      bars: SIDES.map((side) => barOf(prequential[side])),
    })),
    top: 100,
  });
  const labels = lineChart({
    title: 'Fused answers before each label was learned, older ones fading, % right',
    across: 'labels',
    lines: reports.map(({ policy, curves }) => ({
      name: policy,
      values: curves.fused.map(inPercent),
    })),
    top: 100,
  });
  const classIds = [...new Set(reports.flatMap(({ perClass }) => perClass.map(({ classId }) => classId)))];
  const classes = barChart({
    title: 'Fused answers before each label was learned, by class, % right',
    series: reports.map(({ policy }) => policy),
    groups: classIds.map((id) => ({
      name: nameOf(id),
      bars: reports.map(({ perClass }) =>
        barOf(perClass.find(({ classId }) => classId === id)?.fused ?? null),
      ),
    })),
    top: 100,
  });
  return new Map([
    ['policies.svg', policies],
    ['labels.svg', labels],
    ['classes.svg', classes],
  ]);
}
