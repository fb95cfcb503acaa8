/** Some minutes of several live sessions: what grows? */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { quantile } from '../../server/cli/scoring.ts';
import { Gateway } from './gateway.ts';
import { LAG_TARGET_MS } from './lag-cli.ts';
import { LiveStream, sleep } from './live-stream.ts';
import { record } from './recording.ts';
import type { Figure, Measured } from './report.ts';
import { floors, type Point, slope } from './slope.ts';
import { missingOf } from './swap.ts';

export type SoakOptions = { readonly minutes: number; readonly sessions: number };

/** Megabytes, or counts. */
type Sample = {
  readonly at: number;
  readonly gatewayMb: number;
  readonly heapMb: number;
  readonly inferenceMb: number | null;
  readonly tensors: number;
  readonly openDecoders: number;
};

const SAMPLE_EVERY_MS = 2000;
const WARM_UP_SHARE = 0.2;
const FLOOR_SECONDS = 20;
const LABELS = 6;
const MB = 1e6;

/** Resident bytes of the server's inference process, as `ps` says; null where it cannot be told. */
async function inferenceRss(gatewayPid: number): Promise<number | null> {
  const none = { stdout: '' };
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'ppid=,rss=,args=']).catch(() => none);
  const line = stdout.split('\n').find((text) => {
    const [parent] = text.trim().split(/\s+/);
    return Number(parent) === gatewayPid && text.includes('inference-process');
  });
  const kilobytes = Number(line?.trim().split(/\s+/)[1]);
  return Number.isFinite(kilobytes) ? kilobytes * 1024 : null;
}

async function sample(gateway: Gateway, streams: readonly LiveStream[], began: number): Promise<Sample> {
  const [memory, inference] = await Promise.all([gateway.memory(), inferenceRss(gateway.pid)]);
  const health = streams[0]?.health;
  return {
    at: (performance.now() - began) / 1e3,
    gatewayMb: memory.rss / MB,
    heapMb: (memory.heapUsed + memory.external) / MB,
    inferenceMb: inference === null ? null : inference / MB,
    tensors: health?.tensors ?? 0,
    openDecoders: health?.openDecoders ?? 0,
  };
}

async function watched(gateway: Gateway, streams: readonly LiveStream[], minutes: number) {
  const samples: Sample[] = [];
  const began = performance.now();
  while (performance.now() - began < 60e3 * minutes) {
    await sleep(SAMPLE_EVERY_MS);
    samples.push(await sample(gateway, streams, began));
  }
  return samples;
}

/** A few labels first, so that there are prototypes to be answered by. */
async function taught(stream: LiveStream, names: readonly string[]): Promise<void> {
  await sleep(3000);
  for (let i = 0; i < LABELS; i++) {
    await stream.label(names[i % names.length] ?? '');
    await sleep(1000);
  }
}

function growth(name: string, samples: readonly Sample[], of: (sample: Sample) => number | null): Figure {
  const points = samples.flatMap((one): Point[] => {
    const value = of(one);
    return value === null ? [] : [{ at: one.at, value }];
  });
  const line = slope(floors(points, FLOOR_SECONDS));
  if (!line) return { name, value: null, unit: 'MB/h' };
  return { name, value: 3600 * line.perSecond, error: 3600 * line.error, unit: 'MB/h' };
}

const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

function figuresOf(samples: readonly Sample[]): readonly Figure[] {
  const last = samples.at(-1);
  const until = WARM_UP_SHARE * (last?.at ?? 0);
  const steady = samples.filter(({ at }) => at >= until);
  return [
    { name: 'gateway resident, end', value: last?.gatewayMb ?? null, unit: 'MB' },
    growth('gateway resident, slope', steady, (one) => one.gatewayMb),
    { name: 'gateway heap and buffers, end', value: last?.heapMb ?? null, unit: 'MB' },
    growth('gateway heap and buffers, slope', steady, (one) => one.heapMb),
    { name: 'inference resident, end', value: last?.inferenceMb ?? null, unit: 'MB' },
    growth('inference resident, slope', steady, (one) => one.inferenceMb),
    { name: 'tensors, last', value: last?.tensors ?? null, unit: '' },
    { name: 'tensors, change', value: range(steady.map(({ tensors }) => tensors)), unit: '', atMost: 0 },
    { name: 'open decoders, last', value: last?.openDecoders ?? null, unit: '' },
    {
      name: 'open decoders, change',
      value: range(steady.map((one) => one.openDecoders)),
      unit: '',
      atMost: 0,
    },
  ];
}

function streamFigures(streams: readonly LiveStream[]): readonly Figure[] {
  const lags = streams.flatMap(({ answers }) => answers.map(({ lagMs }) => lagMs));
  const missing = streams.reduce((sum, { answers }) => sum + missingOf(answers), 0);
  return [
    { name: 'windows answered', value: lags.length, unit: '' },
    { name: 'windows missing', value: missing, unit: '' },
    { name: 'lag p50', value: quantile(lags, 0.5), unit: 'ms' },
    { name: 'lag p95', value: quantile(lags, 0.95), unit: 'ms', atMost: LAG_TARGET_MS },
  ];
}

/** @returns slopes of the server's processes after warm-up, tensors and decoders. */
export async function soak({ minutes, sessions }: SoakOptions): Promise<Measured> {
  const recording = await record({ seed: 304, classes: 3, spansPerClass: 2 });
  const gateway = await Gateway.start();
  try {
    const streams: LiveStream[] = [];
    for (let i = 0; i < sessions; i++) streams.push(await LiveStream.open(gateway.url, recording));
    if (streams[0]) await taught(streams[0], recording.classNames);
    const samples = await watched(gateway, streams, minutes);
    const shed = streams.map(({ health }) => health?.shed ?? {});
    for (const stream of streams) await stream.close();
    return {
      what:
        `${minutes} minutes of ${sessions} live sessions on ${gateway.backend}, replayed from one recording. Slopes: a line ` +
        `through the smallest value of every ${FLOOR_SECONDS} s, the first ${100 * WARM_UP_SHARE} % of the time left out`,
      figures: [...figuresOf(samples), ...streamFigures(streams)],
      detail: { samples, shed },
    };
  } finally {
    await gateway.close();
  }
}
