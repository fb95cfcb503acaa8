/**
 * `npm run bench:fewshot`: what a starter is worth when labels are few.
 * Exit code 0 whatever the figures say; 1 when the bench could not run, 2 when the command line does not fit.
 */
import { parseArgs } from 'node:util';
import { openBackend } from '../../../server/compute/backend.ts';
import { embedWith } from '../../../server/compute/embed-samples.ts';
import { Embedder } from '../../../server/compute/embedder.ts';
import { limitThreads } from '../../../server/compute/threads.ts';
import { type ProbeRow, probeDraws, probeEncoders, probeRandom } from './probe.ts';
import { readEncoders } from './weights.ts';

const HELP = `npm run bench:fewshot -- --probe FILE[+FILE] [--probe ...] [--json]

  --probe FILE    nearest prototype alone on a few draws of held-out families and of noisy words, half a minute: weights.bin
                  of npm run pretrain or its folder, one encoder or two joined by +
  --json          prints the probe's figures as JSON`;

function parse(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      probe: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
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

async function main(args: readonly string[]): Promise<number> {
  let line: ReturnType<typeof parse>;
  try {
    line = parse(args);
  } catch (error) {
    console.error(`bench:fewshot: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }
  if (line.help || line.probe.length === 0) {
    console.log(HELP);
    return 0;
  }
  try {
    await probe(line.probe, line.json);
    return 0;
  } catch (error) {
    console.error(`bench:fewshot could not run: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
