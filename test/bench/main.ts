/**
 * `npm run bench`: the product's promises, measured over loopback on this machine.
 * Exit code 0 whatever the figures say; 1 when a bench could not run, 2 when the command line does not fit.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchCompute, tableOf as tableOfCompute } from './compute.ts';
import { computeRatios } from './compute-ratios.ts';
import { depacketize } from './depacketize.ts';
import { labelToAnswer } from './label-to-answer.ts';
import { lagFromBrowser } from './lag-browser.ts';
import { type BenchOptions, lagFromCli } from './lag-cli.ts';
import { type Measured, type Report, reported, tableOf } from './report.ts';
import { rtcCost } from './rtc-cost.ts';
import { rtcLatency } from './rtc-latency.ts';
import { rtcLayers } from './rtc-layers.ts';
import { type SoakOptions, soak } from './soak.ts';
import { swapUnderLoad } from './swap.ts';
import { trainingSteps } from './training.ts';

const HELP = `npm run bench -- [lag|learn|swap|webrtc|rtp|compute|training|soak|all] [options]

  lag       capture to prediction, from the command line and from Chromium
  learn     label's acknowledgement to the first prediction that knows it
  swap      windows missing and lag while models are swapped
  webrtc    capture to picture beside ffmpeg, CPU by stage of 1, 4 and 8 streams, what temporal layers spare
  rtp       RTP packets to frames, against werift
  compute   graph, eager, wasm and onnxruntime-node on the same encoders
  training  a step of each mode of PMR-stream against a joint one, and that against torch's
  soak      memory, tensors and decoders over minutes of several sessions
  all       everything but soak (what is run when nothing is named)

  --json FILE     every figure, as JSON
  --quick         short runs: whether it works, not how fast
  --minutes N     soak: how long (10)
  --sessions N    soak: how many sessions (4)
  --python PATH   training: a Python that imports torch (python3 or python, else torch is skipped)
  --webrtc        soak: over WebRTC, not WebSocket`;

type Options = BenchOptions & SoakOptions & { readonly python: string | undefined };
type Bench = readonly [name: string, run: (options: Options) => Promise<Measured>];

const ROUNDS = { whole: 20, quick: 2 };

async function compute({ quick }: Options): Promise<Measured> {
  const bench = await benchCompute(quick ? ROUNDS.quick : ROUNDS.whole);
  return {
    what: `one process and one thread each, in one interleaved run\n${tableOfCompute(bench)}`,
    figures: computeRatios(bench),
    detail: bench,
  };
}

function training({ quick, python }: Options): Promise<Measured> {
  const turns = quick ? ROUNDS.quick : ROUNDS.whole;
  return trainingSteps(python === undefined ? { turns } : { turns, python });
}

const BENCHES: Readonly<Record<string, readonly Bench[]>> = {
  lag: [
    ['lag from the command line', lagFromCli],
    ['lag from Chromium', lagFromBrowser],
  ],
  learn: [['label to answer', labelToAnswer]],
  swap: [['swap', swapUnderLoad]],
  compute: [['compute', compute]],
  training: [['training', training]],
  rtp: [['rtp', depacketize]],
  webrtc: [
    ['WebRTC latency', rtcLatency],
    ['WebRTC cost', rtcCost],
    ['WebRTC layers', rtcLayers],
  ],
  soak: [['soak', soak]],
};

const ALL = ['lag', 'learn', 'swap', 'webrtc', 'rtp', 'compute', 'training'].flatMap(
  (name) => BENCHES[name] ?? [],
);

function parse(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '10' },
      sessions: { type: 'string', default: '4' },
      python: { type: 'string' },
      webrtc: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [name = 'all', ...others] = positionals;
  const benches = name === 'all' ? ALL : BENCHES[name];
  if (!benches || others.length > 0) throw new Error(`there is no bench "${positionals.join(' ')}"`);
  const [minutes, sessions] = [Number(values.minutes), Number(values.sessions)];
  if (!(minutes > 0)) throw new Error(`--minutes is "${values.minutes}", expected a number above 0`);
  if (!Number.isInteger(sessions) || sessions < 1 || sessions > 16)
    throw new Error(`--sessions is "${values.sessions}", expected 1 to 16`);
  return {
    benches,
    json: values.json,
    help: values.help,
    options: { quick: values.quick, minutes, sessions, webrtc: values.webrtc, python: values.python },
  };
}

function parsed(args: readonly string[]): ReturnType<typeof parse> | null {
  try {
    return parse(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return null;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const line = parsed(args);
  if (!line) return 2;
  if (line.help) {
    console.log(HELP);
    return 0;
  }
  const reports: Report[] = [];
  let failures = 0;
  for (const [name, run] of line.benches) {
    try {
      const report = await reported(name, () => run(line.options));
      reports.push(report);
      console.log(`${tableOf(report)}\n`);
    } catch (error) {
      failures++;
      console.error(`${name} could not run: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  if (line.json) await writeFile(line.json, JSON.stringify(reports, null, 2));
  return failures > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
