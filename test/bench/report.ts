/** What a bench found, and how it is printed. */
import { availableParallelism, loadavg } from 'node:os';

export type Figure = {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  /** Standard error of `value`, in the same unit. */
  readonly error?: number;
  /** The largest value that is good enough; left out where nothing was promised. */
  readonly atMost?: number;
};

export type Measured = {
  /** What was measured, in a sentence or two. */
  readonly what: string;
  readonly figures: readonly Figure[];
  /** Anything more, for the JSON only. */
  readonly detail?: unknown;
};

export type Report = Measured & {
  readonly bench: string;
  readonly seconds: number;
  readonly cores: number;
  /** Mean load of the last minute, before and after. */
  readonly load: readonly [number, number];
};

/** What a bench says that cannot run on this machine. */
export const skipped = (why: string): Measured => ({ what: `skipped: ${why}`, figures: [] });

/** Runs a bench and puts beside its figures how busy the machine was. */
export async function reported(bench: string, work: () => Promise<Measured>): Promise<Report> {
  const [before = 0] = loadavg();
  const began = performance.now();
  const measured = await work();
  const [after = 0] = loadavg();
  const seconds = Math.round((performance.now() - began) / 1e3);
  return { bench, ...measured, seconds, cores: availableParallelism(), load: [before, after] };
}

export function verdict({ value, atMost }: Figure): '' | 'met' | 'not met' {
  if (atMost === undefined) return '';
  return value !== null && value <= atMost ? 'met' : 'not met';
}

/** Ratios are near one: a digit more. */
const digits = (value: number, unit: string): string =>
  value.toFixed(Number.isInteger(value) ? 0 : unit === 'times' ? 2 : 1);

function measuredText({ value, error, unit }: Figure): string {
  if (value === null) return '-';
  return `${digits(value, unit)}${error === undefined ? '' : ` ± ${digits(error, unit)}`} ${unit}`;
}

/** The figures as a table for people. */
export function tableOf({ bench, what, figures, seconds, cores, load }: Report): string {
  const lines = figures.map((figure) => [
    figure.name,
    measuredText(figure),
    figure.atMost === undefined ? '' : `<= ${digits(figure.atMost, figure.unit)} ${figure.unit}`,
    verdict(figure),
  ]);
  const rows = [['', 'measured', 'target', 'verdict'], ...lines];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return [
    `${bench}: ${what}`,
    ...rows.map((row) => `  ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd()),
    `  ${seconds} s; ${cores} cores, load ${load.map((value) => value.toFixed(1)).join(' before, ')} after`,
  ].join('\n');
}
