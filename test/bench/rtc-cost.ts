/** Processor time of 1, 4 and 8 streams over WebRTC, stage by stage. */
import type { LinkTrack } from '../../proto/messages.ts';
import { workerBinary } from '../support/sfu.ts';
import { Gateway } from './gateway.ts';
import type { GatewayUsage } from './gateway-messages.ts';
import type { BenchOptions } from './lag-cli.ts';
import { childrenOf, cpuOf } from './processes.ts';
import { record } from './recording.ts';
import { type Figure, type Measured, skipped } from './report.ts';
import { openStreams, type RtcStream } from './rtc-stream.ts';
import { sleep } from './session-end.ts';
import { STAGES, type Stage } from './stages.ts';

const COUNTS = [1, 4, 8] as const;
const SECONDS = { whole: 30, quick: 6 };
const WARM_UP_SECONDS = { whole: 15, quick: 4 }; // code is compiled, and a session's first prototypes of nothing are answered
const ARRIVING_SECONDS = 20;
const CLIP = { seed: 306, classes: 3, spansPerClass: 1 } as const;

type Reading = { readonly usage: GatewayUsage; readonly inference: number | null };

/** Milliseconds of processor time for each second. */
type Costs = Readonly<Record<(typeof ROWS)[number], number | null>>;

const ROWS = [
  'media worker',
  'gateway, all',
  'gateway: packets into the session',
  'gateway: RTP to frames',
  'gateway: decoders, main thread',
  'gateway: decoders, own threads',
  'gateway: log-mel of the sound',
  'gateway: pictures shrunk',
  'gateway: windows cut',
  'gateway: rest of the main thread',
  'gateway: other threads',
  'inference',
] as const;

async function read(gateway: Gateway): Promise<Reading> {
  const children = await childrenOf(gateway.pid);
  const inference = children.find(({ args }) => args.includes('inference-process'));
  return { usage: await gateway.usage(), inference: inference ? await cpuOf(inference.pid) : null };
}

const workerTime = ({ workers }: GatewayUsage): number => workers.reduce((total, { cpu }) => total + cpu, 0);

function costs({ usage: before, inference: earlier }: Reading, { usage: after, inference }: Reading): Costs {
  const seconds = (after.at - before.at) / 1e3;
  const of = (value: (usage: GatewayUsage) => number): number => (value(after) - value(before)) / seconds;
  const [all, main, decoders] = [
    of(({ cpu }) => cpu),
    of(({ mainThread }) => mainThread),
    of(({ decoderThreads }) => decoderThreads),
  ];
  // Stages are wall time: on a busy machine a part of it went to others, as of all the time that the main thread was active.
  const share = main / of(({ active }) => active);
  const stage = (name: Stage): number => share * of(({ stages }) => stages[name] ?? 0);
  const known = STAGES.reduce((total, name) => total + stage(name), 0);
  return {
    'media worker': of(workerTime),
    'gateway, all': all,
    'gateway: packets into the session': stage('packets'),
    'gateway: RTP to frames': stage('rtp'),
    'gateway: decoders, main thread': stage('decode'),
    'gateway: decoders, own threads': decoders,
    'gateway: log-mel of the sound': stage('sound'),
    'gateway: pictures shrunk': stage('pictures'),
    'gateway: windows cut': stage('windows'),
    'gateway: rest of the main thread': main - known,
    'gateway: other threads': all - main - decoders,
    inference: inference === null || earlier === null ? null : (inference - earlier) / seconds,
  };
}

async function measured(gateway: Gateway, { quick }: BenchOptions): Promise<Costs> {
  await sleep(1e3 * (quick ? WARM_UP_SECONDS.quick : WARM_UP_SECONDS.whole));
  const before = await read(gateway);
  await sleep(1e3 * (quick ? SECONDS.quick : SECONDS.whole));
  return costs(before, await read(gateway));
}

function figuresOf(runs: readonly { readonly count: number; readonly costs: Costs }[]): readonly Figure[] {
  const [first, last] = [runs[0], runs.at(-1)];
  return ROWS.flatMap((row) => [
    ...runs.map(
      (run): Figure => ({ name: `${row}, ${run.count} streams`, value: run.costs[row], unit: 'ms/s' }),
    ),
    ...(first && last && last.count > first.count ? [further(row, first, last)] : []),
  ]);
}

function further(
  row: (typeof ROWS)[number],
  first: { readonly count: number; readonly costs: Costs },
  last: { readonly count: number; readonly costs: Costs },
): Figure {
  const [few, many] = [first.costs[row], last.costs[row]];
  const value = few === null || many === null ? null : (many - few) / (last.count - first.count);
  return { name: `${row}, each further one`, value, unit: 'ms/s' };
}

/** What arrives of all streams together, over the last seconds. */
function arriving(streams: readonly RtcStream[]): readonly Figure[] {
  const mean = (of: (track: LinkTrack) => number): number =>
    streams.reduce((total, { links }) => {
      const tracks = links.slice(-ARRIVING_SECONDS).flatMap((link) => link.tracks);
      const pictures = tracks.filter(({ modality }) => modality === 'video');
      return total + pictures.reduce((sum, track) => sum + of(track), 0) / Math.max(1, pictures.length);
    }, 0);
  return [
    { name: 'pictures decoded of all', value: mean(({ decodedPerSecond }) => decodedPerSecond), unit: '/s' },
    { name: 'pictures of all', value: mean(({ bitrateBps }) => bitrateBps) / 1e3, unit: 'kbit/s' },
  ];
}

/** @returns processor time by stage. */
export async function rtcCost(options: BenchOptions): Promise<Measured> {
  if ((await workerBinary()) === null) return skipped('no media worker on this machine');
  const recording = await record(CLIP);
  const gateway = await Gateway.start({ flags: ['--rtc-workers', '1'] });
  const streams: RtcStream[] = [];
  try {
    await gateway.measureStages();
    const runs: { readonly count: number; readonly costs: Costs }[] = [];
    for (const count of COUNTS) {
      streams.push(...(await openStreams(gateway.url, recording, count - streams.length)));
      runs.push({ count, costs: await measured(gateway, options) });
    }
    const [arrives, shed] = [arriving(streams), streams.map(({ health }) => health?.shed ?? {})];
    for (const stream of streams.splice(0)) await stream.close();
    return {
      what:
        `processor time for a second of streams of VP8 320x240@15 and Opus over WebRTC, live sessions on ${gateway.backend}; the ` +
        'same recording for each, sent from another process. One media worker. Stages of the main thread: its processor time in ' +
        'proportion to the time between entering and leaving the methods that they are',
      figures: [...figuresOf(runs), ...arrives],
      detail: { runs, shed },
    };
  } finally {
    for (const stream of streams) await stream.close().catch(() => undefined);
    await gateway.close();
  }
}
