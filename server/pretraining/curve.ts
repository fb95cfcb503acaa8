/** A run's learning curve as SVG text: the loss above, what the probe says below, over steps. */
import { type Line, lineChart } from '../../src/evaluation/plot.ts';
import type { LogEntry, ProbeEntry, StepEntry } from './run-log.ts';

const SCORES = { prototype: '5 labels', single: '1 label', kind: 'kinds', measures: 'measures' } as const;
const BELOW = 'probe: right answers of 20 things by nearest prototype; what a straight line reads off';

function lineOf<E extends LogEntry>(name: string, entries: readonly E[], of: (entry: E) => number): Line {
  return { name, values: entries.map(of), at: entries.map(({ step }) => step) };
}

/** The whole chart. */
export function curve(title: string, entries: readonly LogEntry[]): string {
  const steps = entries.filter((entry): entry is StepEntry => entry.type === 'steps');
  const probes = entries.filter((entry): entry is ProbeEntry => entry.type === 'probe');
  const terms = Object.keys(steps[0]?.terms ?? {});
  const losses = [
    lineOf('loss', steps, ({ loss }) => loss),
    ...terms.map((name) => lineOf(name, steps, (entry) => entry.terms[name] ?? 0)),
  ];
  const scores = (['prototype', 'single', 'kind', 'measures'] as const).map((name) =>
    lineOf(SCORES[name], probes, (entry) => entry[name]),
  );
  const highest = Math.max(1e-6, ...steps.map(({ loss }) => loss));
  const across = 'steps';
  return lineChart(
    { title, across, lines: losses, top: highest },
    { title: BELOW, across, lines: scores, top: 1 },
  );
}
