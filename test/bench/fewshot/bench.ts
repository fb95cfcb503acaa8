/** Runs the plan's cells, from the store or now, and leaves tables, JSON and charts. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CellResult, LearnerRef } from './cells.ts';
import { targetsOf } from './figures.ts';
import { jobsOf, type Plan } from './plan.ts';
import { runJobs } from './processes.ts';
import { helpTable, plots, setTables, spreadTable, targetTable } from './report.ts';
import { digestOf, readEncoders } from './weights.ts';

export type BenchOptions = Omit<Plan, 'starters'> & {
  /** Folders or files; empty: random weights alone. */
  readonly starters: readonly string[];
  readonly processes: number;
  /** Where results lie between runs, and what the bench leaves. */
  readonly out: string;
};

async function learnersOf(paths: readonly string[]): Promise<readonly LearnerRef[]> {
  return Promise.all(
    paths.map(async (path, i): Promise<LearnerRef> => {
      const { weights } = await readEncoders(path);
      return { name: i === 0 ? 'starter' : `starter-${i + 1}`, path, digest: digestOf(weights) };
    }),
  );
}

function say({ set, draw, learner, stage, byLabels, seconds }: CellResult, stored: boolean): void {
  const scores = byLabels.map(({ labels, scores: { fused } }) => `${labels}: ${(100 * fused).toFixed(1)}`);
  console.error(
    `${set} ${draw}, ${learner}, ${stage}: ${scores.join(', ')} (${stored ? 'stored' : `${seconds} s`})`,
  );
}

/** @returns how many cells could not be run */
export async function benchFewshot(options: BenchOptions): Promise<number> {
  const { out, processes, starters: paths, ...plan } = options;
  const starters = await learnersOf(paths);
  const jobs = jobsOf({ ...plan, starters }).map((cells) => ({ folder: out, cells }));
  const results: CellResult[] = [];
  let failures = 0;
  await runJobs(jobs, processes, (report) => {
    if (report.type === 'cell') {
      results.push(report.result);
      say(report.result, report.stored);
    } else if (report.type === 'failed') {
      failures++;
      const { set, draw, learner, stage } = report.cell;
      console.error(`${set} ${draw}, ${learner.name}, ${stage}: could not run: ${report.why}`);
    }
  });
  const sorted = results.toSorted((a, b) => a.draw - b.draw);
  const names = starters.map(({ name }) => name);
  const [first = 'starter'] = names;
  const targets = targetsOf(sorted, first);
  await mkdir(out, { recursive: true });
  await writeFile(
    join(out, 'fewshot.json'),
    JSON.stringify({ plan, starters, targets, results: sorted }, null, 1),
  );
  for (const [name, chart] of plots(sorted, first)) await writeFile(join(out, `${name}.svg`), chart);
  const parts = [
    `Few labels, accuracy in %: mean over draws and 95 % bootstrap interval. Weights: ${paths.join(', ') || 'random alone'}`,
    setTables(sorted),
    names.length === 0 ? '' : helpTable(sorted, first),
    spreadTable(sorted, names),
    names.length === 0 ? '' : targetTable(targets),
  ];
  console.log(parts.filter((part) => part !== '').join('\n\n'));
  return failures;
}
