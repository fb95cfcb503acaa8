/**
 * `npm run bench:fewshot`: what a starter is worth when labels are few.
 * Exit code 0 whatever the figures say; 1 when the bench could not run, 2 when the command line does not fit.
 */
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openBackend } from '../../../server/compute/backend.ts';
import { embedWith } from '../../../server/compute/embed-samples.ts';
import { Embedder } from '../../../server/compute/embedder.ts';
import { limitThreads } from '../../../server/compute/threads.ts';
import { benchFewshot } from './bench.ts';
import { STAGES } from './cells.ts';
import { type ProbeRow, probeDraws, probeEncoders, probeRandom } from './probe.ts';
import { SET_NAMES } from './sets.ts';
import { readEncoders } from './weights.ts';

const HELP = `npm run bench:fewshot [-- options]

  --starter PATH  weights to judge (the ones shipped with the program): a starter's folder, weights.bin of npm run pretrain or
                  its folder, two encoders joined by +. Several times: starters of several pretraining seeds, and their spread
  --long          ten fine-tuned draws, all sets, the product's whole cadence of rounds: hours
  --draws N       draws of prototypes (10)
  --tuned N       draws that are fine-tuned of each set and number of labels (1; 10 with --long, of hard sets 3)
  --sets A,B      of ${SET_NAMES.join(', ')}
  --stages A,B    of ${STAGES.join(', ')}: prototypes alone take two minutes
  --processes N   cells that run beside each other (2, or as many as there are cores)
  --out FOLDER    JSON, SVG plots and every cell's result: a run that was stopped goes on (data/bench-fewshot)

npm run bench:fewshot -- --probe PATH [--probe PATH ...] [--json]

  --probe PATH    half a minute: nearest prototype alone on a few draws of held-out families and of noisy words
  --json          the probe's figures as JSON`;

const SHIPPED = fileURLToPath(new URL('../../../src/model/starter/', import.meta.url));

/** The names in a list, all known ones without one. @throws {Error} for one that is none of `known` */
function namesOf<T extends string>(
  flag: string,
  text: string | undefined,
  known: readonly T[],
): readonly T[] {
  if (text === undefined) return known;
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name);
    if (found !== undefined) return found;
    throw new Error(`${flag} has "${name}", expected some of ${known.join(', ')}`);
  });
}

function counted(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`${flag} is "${text}", expected a whole number of at least 1`);
}

function parse(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      starter: { type: 'string', multiple: true },
      long: { type: 'boolean', default: false },
      draws: { type: 'string', default: '10' },
      tuned: { type: 'string' },
      sets: { type: 'string' },
      stages: { type: 'string' },
      processes: { type: 'string', default: String(Math.min(2, availableParallelism())) },
      out: { type: 'string', default: join('data', 'bench-fewshot') },
      probe: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { help, probe, json, long, out, starter } = values;
  const draws = counted('--draws', values.draws);
  const tuned = values.tuned === undefined ? null : counted('--tuned', values.tuned);
  const processes = counted('--processes', values.processes);
  const sets = namesOf('--sets', values.sets, SET_NAMES);
  const stages = namesOf('--stages', values.stages, STAGES);
  return { help, probe, json, long, out, starter, draws, tuned, processes, sets, stages };
}

const percent = (share: number | null): string =>
  (share === null ? '-' : (100 * share).toFixed(1)).padStart(6);

function probeTable(name: string, rows: readonly ProbeRow[]): string {
  const lines = rows.map(
    ({ set, labels, fused, audio, video }) =>
      `  ${set.padEnd(12)} ${String(labels).padStart(2)} ${[fused, audio, video].map(percent).join(' ')}`,
  );
  return `${name}\n  set       labels  fused  sound picture\n${lines.join('\n')}`;
}

async function probe(paths: readonly string[], json: boolean): Promise<void> {
  const encoders = await Promise.all(paths.map((path) => readEncoders(path)));
  limitThreads();
  const embedder = await Embedder.open(await openBackend('auto'));
  const embed = embedWith(embedder);
  const draws = probeDraws();
  const results = [
    { name: 'random', rows: probeRandom(draws, embed) },
    ...encoders.map((one, i) => ({ name: paths[i] ?? '', rows: probeEncoders(one, draws, embed) })),
  ];
  embedder.dispose();
  console.log(
    json
      ? JSON.stringify(results, null, 1)
      : results.map(({ name, rows }) => probeTable(name, rows)).join('\n'),
  );
}

/** The program's own starter; none where it has none. */
async function shipped(): Promise<readonly string[]> {
  const there = await stat(join(SHIPPED, 'starter.bin')).catch(() => null);
  if (!there) console.error('bench:fewshot: the program ships no starter: random weights alone');
  return there ? [SHIPPED] : [];
}

async function run(line: ReturnType<typeof parse>): Promise<number> {
  if (line.probe.length > 0) {
    await probe(line.probe, line.json);
    return 0;
  }
  const { long, draws, tuned, sets, stages, processes, out } = line;
  const starters = line.starter ?? (await shipped());
  const failures = await benchFewshot({ long, draws, tuned, sets, stages, processes, out, starters });
  return failures > 0 ? 1 : 0;
}

async function main(args: readonly string[]): Promise<number> {
  let line: ReturnType<typeof parse>;
  try {
    line = parse(args);
  } catch (error) {
    console.error(`bench:fewshot: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }
  if (line.help) {
    console.log(HELP);
    return 0;
  }
  try {
    return await run(line);
  } catch (error) {
    console.error(`bench:fewshot could not run: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
