/** `npm run bench:learning -- av`: its command line, its run, and what it leaves. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ComputeBackend } from '../../../../server/compute/backend.ts';
import {
  type AvPlan,
  avBench,
  LONG_ORDERS,
  LONG_PLAN,
  SHORT_LEARNERS,
  SHORT_ORDERS,
  SHORT_PLAN,
  SHORT_SCENARIOS,
  speakerHere,
} from './bench.ts';
import { LEARNER_NAMES, type LearnerName } from './learners.ts';
import { avPlots, avTables, avTargetLines, avTargets } from './report.ts';
import type { AvCell, AvResult } from './run.ts';
import { SCENARIO_NAMES, type ScenarioName } from './scenarios.ts';
import { AV_SETTINGS, STARTS, type Start, settingsFrom } from './settings.ts';

export const AV_HELP = `npm run bench:learning -- av [options]

  av               spoken words and moving shapes as a stream of labels, with shifts: does rebalancing help while it goes on?

  --long           all policies in all scenarios, ablations in ${SHORT_SCENARIOS.join(' and ')}, ${LONG_ORDERS.length} orders
  --orders 1,2     orders of labels (${SHORT_ORDERS.join()})
  --scenarios A,B  of ${SCENARIO_NAMES.join(', ')}
  --learners A,B   of ${LEARNER_NAMES.join(', ')}
  --start NAME     small encoders trained from random weights before (trained), or the product's as a project has them
                   at its start: random, starter (${AV_SETTINGS.start})
  --world N        what is rendered, and the first weights (${AV_SETTINGS.world})
  --out FOLDER     JSON and SVG plots, cells, rendered windows (data/bench-learning)`;

/** The names in a list. @throws {Error} for one that is none of `known` */
function namesOf<T extends string>(flag: string, text: string, known: readonly T[]): readonly T[] {
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name);
    if (found !== undefined) return found;
    throw new Error(`${flag} has "${name}", expected some of ${known.join(', ')}`);
  });
}

function startOf(text: string): Start {
  const known = STARTS.find((name) => name === text);
  if (known) return known;
  throw new Error(`--start is "${text}", expected one of ${STARTS.join(', ')}`);
}

function counted(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && text !== '') return value;
  throw new Error(`${flag} is "${text}", expected a whole number of at least 0`);
}

/** What is named runs, all with all; what is not named, as `usual` has it. */
function planned(usual: AvPlan, scenarios: string | undefined, learners: string | undefined): AvPlan {
  const named = learners === undefined ? null : namesOf('--learners', learners, LEARNER_NAMES);
  const places =
    scenarios === undefined
      ? usual.map(({ scenario }) => scenario)
      : namesOf('--scenarios', scenarios, SCENARIO_NAMES);
  const usually = (name: ScenarioName): readonly LearnerName[] =>
    usual.find(({ scenario }) => scenario === name)?.learners ?? SHORT_LEARNERS;
  return places.map((scenario) => ({ scenario, learners: named ?? usually(scenario) }));
}

export type AvCommand = ReturnType<typeof parseAv>;

/** @throws {Error} when the command line does not fit. */
export function parseAv(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      long: { type: 'boolean', default: false },
      orders: { type: 'string' },
      scenarios: { type: 'string' },
      learners: { type: 'string' },
      start: { type: 'string', default: AV_SETTINGS.start },
      world: { type: 'string', default: String(AV_SETTINGS.world) },
      out: { type: 'string', default: join('data', 'bench-learning') },
      help: { type: 'boolean', default: false },
    },
  });
  const { help, out, long, orders, scenarios, learners } = values;
  const someOrders: readonly number[] = long ? LONG_ORDERS : SHORT_ORDERS;
  return {
    help,
    out,
    orders: orders === undefined ? someOrders : orders.split(',').map((order) => counted('--orders', order)),
    plan: planned(long ? LONG_PLAN : SHORT_PLAN, scenarios, learners),
    start: startOf(values.start),
    world: counted('--world', values.world),
  };
}

const nameOf = ({ scenario, order, learner }: AvCell): string => `${scenario}, order ${order}, ${learner}`;

function sayCell(result: AvResult, stored: boolean): void {
  const right = result.answers.filter(({ fused }) => fused).length;
  const share = ((100 * right) / Math.max(1, result.answers.length)).toFixed(1);
  console.error(`${nameOf(result)}: prequential ${share} (${stored ? 'stored' : `${result.seconds} s`})`);
}

export type AvRun = { readonly results: readonly AvResult[]; readonly failures: number };

/** Runs the cells that are not stored yet. */
export async function runAv(command: AvCommand, backend: ComputeBackend): Promise<AvRun> {
  const { out, orders, plan, start, world } = command;
  const settings = { ...settingsFrom(start), world, speaker: speakerHere() };
  let failures = 0;
  const results = await avBench(
    {
      ...{ plan, orders, settings, folder: out, onCell: sayCell },
      onFailure: (cell, why) => {
        failures++;
        console.error(`${nameOf(cell)}: could not run: ${why}`);
      },
    },
    backend,
  );
  return { results, failures };
}

/** Prints the tables; leaves JSON and plots. */
export async function tellAv({ out, orders, start, world }: AvCommand, { results }: AvRun): Promise<void> {
  const settings = { ...settingsFrom(start), world, speaker: speakerHere() };
  const targets = avTargets(results);
  await mkdir(out, { recursive: true });
  const suffix = start === 'trained' ? '' : `-${start}`;
  await writeFile(join(out, `av${suffix}.json`), JSON.stringify({ settings, targets, results }, null, 1));
  for (const [name, plot] of avPlots(results)) await writeFile(join(out, `${name}${suffix}.svg`), plot);
  console.log(
    `AV-stream from a ${start} start, %, ${orders.length} orders, ${settings.speaker}; mean and 95 % bootstrap interval\n`,
  );
  console.log(`${avTables(results)}\n\npmr-stream\n${avTargetLines(targets)}`);
}
