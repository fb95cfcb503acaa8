/** Some minutes of several live sessions, over WebSocket or WebRTC: what grows? */
import { quantile } from '../../server/cli/scoring.ts';
import { Gateway } from './gateway.ts';
import { LAG_TARGET_MS } from './lag-cli.ts';
import { LiveStream } from './live-stream.ts';
import { childrenOf } from './processes.ts';
import { type Recording, record } from './recording.ts';
import type { Figure, Measured } from './report.ts';
import { openStreams } from './rtc-stream.ts';
import { type Streaming, sleep } from './session-end.ts';
import { drift, floors, type Point, slope } from './slope.ts';
import { missingOf } from './swap.ts';

export type SoakOptions = { readonly minutes: number; readonly sessions: number; readonly webrtc: boolean };

/** Megabytes, or counts. Of the media workers together; 0 where none runs. */
type Sample = {
  readonly at: number;
  readonly gatewayMb: number;
  readonly heapMb: number;
  readonly inferenceMb: number | null;
  readonly workersMb: number;
  readonly tensors: number;
  readonly openDecoders: number;
  /** Of both kinds: each connection has two. */
  readonly transports: number;
  /** Producers and consumers. */
  readonly tracks: number;
  /** Processor time of the gateway so far, seconds. */
  readonly cpuS: number;
};

const SAMPLE_EVERY_MS = 2000;
const WARM_UP_SHARE = 0.2;
const FLOOR_SECONDS = 20;
const DRIFT_SECONDS = 300;
/** Flat: levels five minutes apart differ by no more than a hundredth, or what a small process needs for a step of its allocator. */
const FLAT_SHARE = 0.01;
const FLAT_MB = 2;
const LABELS = 6;
const MB = 1e6;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

async function sample(gateway: Gateway, streams: readonly Streaming[], began: number): Promise<Sample> {
  const [memory, usage, children] = await Promise.all([
    gateway.memory(),
    gateway.usage(),
    childrenOf(gateway.pid),
  ]);
  const of = (name: string): readonly number[] =>
    children.filter(({ args }) => args.includes(name)).map(({ rss }) => rss / MB);
  const health = streams[0]?.health;
  return {
    at: (performance.now() - began) / 1e3,
    gatewayMb: memory.rss / MB,
    heapMb: (memory.heapUsed + memory.external) / MB,
    inferenceMb: of('inference-process')[0] ?? null,
    workersMb: sum(of('mediasoup-worker')),
    tensors: health?.tensors ?? 0,
    openDecoders: health?.openDecoders ?? 0,
    transports: sum(usage.workers.map(({ transports }) => transports)),
    tracks: sum(usage.workers.map(({ producers, consumers }) => producers + consumers)),
    cpuS: usage.cpu / 1e3,
  };
}

async function watched(gateway: Gateway, streams: readonly Streaming[], minutes: number) {
  const samples: Sample[] = [];
  const began = performance.now();
  while (performance.now() - began < 60e3 * minutes) {
    await sleep(SAMPLE_EVERY_MS);
    samples.push(await sample(gateway, streams, began));
  }
  return samples;
}

/** A few labels first, so that there are prototypes to be answered by. */
async function taught(stream: Streaming, names: readonly string[]): Promise<void> {
  await sleep(3000);
  for (let i = 0; i < LABELS; i++) {
    await stream.label(names[i % names.length] ?? '');
    await sleep(1000);
  }
}

function pointsOf(samples: readonly Sample[], of: (sample: Sample) => number | null): readonly Point[] {
  return samples.flatMap((one): Point[] => {
    const value = of(one);
    return value === null ? [] : [{ at: one.at, value }];
  });
}

/** The slope of what is left when garbage has been collected, and the change of the level: a step shows in both. */
function growth(
  process: string,
  samples: readonly Sample[],
  of: (sample: Sample) => number | null,
): readonly Figure[] {
  const points = pointsOf(samples, of);
  const line = slope(floors(points, FLOOR_SECONDS));
  const level = drift(points, DRIFT_SECONDS);
  const last = `${process}, change over the last ${Math.round(level?.seconds ?? DRIFT_SECONDS)} s`;
  const change = level && level.after - level.before;
  return [
    line
      ? { name: `${process}, slope`, value: 3600 * line.perSecond, error: 3600 * line.error, unit: 'MB/h' }
      : { name: `${process}, slope`, value: null, unit: 'MB/h' },
    { name: last, value: change, unit: 'MB', atMost: Math.max(FLAT_MB, FLAT_SHARE * (level?.before ?? 0)) },
  ];
}

const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

function constant(name: string, samples: readonly Sample[], of: (sample: Sample) => number): Figure[] {
  const last = samples.at(-1);
  return [
    { name: `${name}, last`, value: last ? of(last) : null, unit: '' },
    { name: `${name}, change`, value: range(samples.map(of)), unit: '', atMost: 0 },
  ];
}

function figuresOf(samples: readonly Sample[], webrtc: boolean): readonly Figure[] {
  const [first, last] = [samples.at(0), samples.at(-1)];
  const until = WARM_UP_SHARE * (last?.at ?? 0);
  const steady = samples.filter(({ at }) => at >= until);
  const cpu = first && last && last.at > first.at ? (last.cpuS - first.cpuS) / (last.at - first.at) : null;
  const media: readonly Figure[] = [
    { name: 'media workers resident, end', value: last?.workersMb ?? null, unit: 'MB' },
    ...growth('media workers resident', steady, (one) => one.workersMb),
    ...constant('transports', steady, (one) => one.transports),
    ...constant('producers and consumers', steady, (one) => one.tracks),
  ];
  return [
    { name: 'gateway resident, after warm-up', value: steady[0]?.gatewayMb ?? null, unit: 'MB' },
    { name: 'gateway resident, end', value: last?.gatewayMb ?? null, unit: 'MB' },
    ...growth('gateway resident', steady, (one) => one.gatewayMb),
    { name: 'gateway heap and buffers, end', value: last?.heapMb ?? null, unit: 'MB' },
    ...growth('gateway heap and buffers', steady, (one) => one.heapMb),
    { name: 'gateway CPU', value: cpu === null ? null : 1e3 * cpu, unit: 'ms/s' },
    { name: 'inference resident, end', value: last?.inferenceMb ?? null, unit: 'MB' },
    ...growth('inference resident', steady, (one) => one.inferenceMb),
    ...constant('tensors', steady, (one) => one.tensors),
    ...constant('open decoders', steady, (one) => one.openDecoders),
    ...(webrtc ? media : []),
  ];
}

function streamFigures(streams: readonly Streaming[]): readonly Figure[] {
  const lags = streams.flatMap(({ answers }) => answers.map(({ lagMs }) => lagMs));
  const missing = streams.reduce((sum, { answers }) => sum + missingOf(answers), 0);
  return [
    { name: 'windows answered', value: lags.length, unit: '' },
    { name: 'windows missing', value: missing, unit: '' },
    { name: 'lag p50', value: quantile(lags, 0.5), unit: 'ms' },
    { name: 'lag p95', value: quantile(lags, 0.95), unit: 'ms', atMost: LAG_TARGET_MS },
  ];
}

async function opened(
  gateway: Gateway,
  recording: Recording,
  { sessions, webrtc }: SoakOptions,
): Promise<readonly Streaming[]> {
  if (webrtc) return openStreams(gateway.url, recording, sessions);
  const streams: Streaming[] = [];
  for (let i = 0; i < sessions; i++) streams.push(await LiveStream.open(gateway.url, recording));
  return streams;
}

/** @returns slopes of the server's processes after warm-up, tensors, decoders and transports. */
export async function soak(options: SoakOptions): Promise<Measured> {
  const { minutes, sessions, webrtc } = options;
  const recording = await record({ seed: 304, classes: 3, spansPerClass: 2 });
  const gateway = await Gateway.start();
  try {
    const streams = await opened(gateway, recording, options);
    if (streams[0]) await taught(streams[0], recording.classNames);
    const samples = await watched(gateway, streams, minutes);
    const shed = streams.map(({ health }) => health?.shed ?? {});
    const links = streams.map(({ health }) => health?.link ?? null);
    for (const stream of streams) await stream.close();
    return {
      what:
        `${minutes} minutes of ${sessions} live sessions over ${webrtc ? 'WebRTC' : 'WebSocket'} on ${gateway.backend}, replayed ` +
        'from one recording. Slopes: a line through the smallest value of every ' +
        `${FLOOR_SECONDS} s, the first ${100 * WARM_UP_SHARE} % of the time left out. Changes: median level at the end less that before`,
      figures: [...figuresOf(samples, webrtc), ...streamFigures(streams)],
      detail: { samples, shed, links },
    };
  } finally {
    await gateway.close();
  }
}
