/** What the stream notices of a swap: windows missing, and how much later those around it are answered. */
import { quantile } from '../../server/cli/scoring.ts';
import { Gateway } from './gateway.ts';
import type { BenchOptions } from './lag-cli.ts';
import { LiveStream } from './live-stream.ts';
import { record } from './recording.ts';
import type { Measured } from './report.ts';
import { type Answered, sleep } from './session-end.ts';

const SWAPS = { whole: 24, quick: 6 };
const FIRST_SWAP_MS = 4000;
const PAUSE_MS = 1100;
const LABEL_EVERY = 2; // swaps
const LAST_ANSWER_MS = 1500;
const AROUND_MS = 300; // a window that fell due during a swap is answered by then

type Swap = { readonly began: number; readonly ended: number; readonly tookMs: number };

async function swapping(gateway: Gateway, stream: LiveStream, names: readonly string[], count: number) {
  const swaps: Swap[] = [];
  const labels: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    if (i % LABEL_EVERY === 0) labels.push(stream.label(names[(i / LABEL_EVERY) % names.length] ?? ''));
    const began = performance.now();
    const tookMs = await gateway.swap((i + 1) % 2);
    swaps.push({ began, ended: performance.now(), tookMs });
    await sleep(PAUSE_MS);
  }
  return { swaps, labels: (await Promise.all(labels)).length };
}

/** Indexes between the first and the last answer that were not answered. */
export function missingOf(answers: readonly Answered[]): number {
  const indexes = new Set(answers.map(({ index }) => index));
  return answers.length === 0 ? 0 : Math.max(...indexes) - Math.min(...indexes) + 1 - indexes.size;
}

/** Labels that an answer had applied and a later one had not. */
const forgotten = (answers: readonly Answered[]): number =>
  answers.filter(({ appliedSeq }, i) => appliedSeq < (answers[i - 1]?.appliedSeq ?? 0)).length;

const changes = (answers: readonly Answered[]): number =>
  answers.filter(({ modelVersion }, i) => i > 0 && modelVersion !== answers[i - 1]?.modelVersion).length;

/** @returns windows missing and the extra lag around swaps. */
export async function swapUnderLoad({ quick }: BenchOptions): Promise<Measured> {
  const recording = await record({ seed: 303, classes: 2, spansPerClass: 2 });
  const gateway = await Gateway.start();
  try {
    for (const version of [1, 0]) await gateway.swap(version); // both checkpoints are written before anything is measured
    const stream = await LiveStream.open(gateway.url, recording);
    await sleep(FIRST_SWAP_MS);
    const count = quick ? SWAPS.quick : SWAPS.whole;
    const { swaps, labels } = await swapping(gateway, stream, recording.classNames, count);
    await sleep(LAST_ANSWER_MS);
    await stream.close();
    const { answers } = stream;
    const around = ({ at }: Answered): boolean =>
      swaps.some(({ began, ended }) => at >= began && at <= ended + AROUND_MS);
    const [near, far] = [answers.filter(around), answers.filter((answer) => !around(answer))].map((list) =>
      list.map(({ lagMs }) => lagMs),
    );
    const [usual, swapped] = [far ?? [], near ?? []].map((lags) => quantile(lags, 0.5));
    return {
      what:
        'live session: two checkpoints with different weights are swapped to and fro while labels come; every swap embeds ' +
        'and applies anew all labels so far',
      figures: [
        { name: 'windows missing', value: missingOf(answers), unit: '', atMost: 0 },
        { name: 'answers that forgot a label', value: forgotten(answers), unit: '', atMost: 0 },
        { name: 'windows', value: answers.length, unit: '' },
        { name: 'swaps asked for', value: swaps.length, unit: '' },
        { name: 'changes of version seen', value: changes(answers), unit: '' },
        { name: 'labels acknowledged', value: labels, unit: '' },
        {
          name: 'swap p50',
          value: quantile(
            swaps.map(({ tookMs }) => tookMs),
            0.5,
          ),
          unit: 'ms',
        },
        { name: 'lag p50 away from swaps', value: usual ?? null, unit: 'ms' },
        { name: 'lag p50 around swaps', value: swapped ?? null, unit: 'ms' },
        { name: 'lag max around swaps', value: quantile(near ?? [], 1), unit: 'ms' },
      ],
      detail: { swaps, shed: stream.health?.shed ?? {}, near, far },
    };
  } finally {
    await gateway.close();
  }
}
