/** Lag as `counterpoise stream` sees it, and as a sender sees it that does not encode. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { quantile } from '../../server/cli/scoring.ts';
import { Gateway } from './gateway.ts';
import { LiveStream } from './live-stream.ts';
import { record, withClip } from './recording.ts';
import type { Figure, Measured } from './report.ts';
import { sleep } from './session-end.ts';

const CLI = fileURLToPath(new URL('../../server/cli/main.ts', import.meta.url));
export const LAG_TARGET_MS = 300;
const ENOUGH_WINDOWS = 100;

export type BenchOptions = { readonly quick: boolean };

/** A clip of about 38 s, or 13. */
const clipOptions = ({ quick }: BenchOptions) =>
  ({ seed: 301, classes: quick ? 2 : 3, spansPerClass: quick ? 1 : 2 }) as const;

type CliSummary = {
  readonly windows: number;
  readonly lagMs: { readonly p50: number; readonly p95: number };
  readonly shed: Readonly<Record<string, number>>;
};

const isSummary = (value: unknown): value is CliSummary =>
  typeof value === 'object' && value !== null && 'windows' in value && 'lagMs' in value && 'shed' in value;

async function runCli(url: string, options: BenchOptions): Promise<CliSummary> {
  return withClip(clipOptions(options), async ({ video, audio }) => {
    const args = ['stream', '--video', video, '--audio', audio, '--url', url];
    const flags = ['--disable-warning=ExperimentalWarning', CLI, ...args, '--learning', 'prototypes'];
    const { stdout } = await promisify(execFile)(process.execPath, flags, { timeout: 180_000 });
    const summary: unknown = JSON.parse(stdout);
    if (!isSummary(summary)) throw new Error(`the command printed no summary but ${stdout}`);
    return summary;
  });
}

async function replay(url: string, options: BenchOptions): Promise<readonly number[]> {
  const recording = await record(clipOptions(options));
  const stream = await LiveStream.open(url, recording);
  await sleep(recording.loop / 1e3);
  await stream.close();
  return stream.answers.map(({ lagMs }) => lagMs);
}

/** @returns lag p50 and p95 of both senders. */
export async function lagFromCli(options: BenchOptions): Promise<Measured> {
  const gateway = await Gateway.start();
  try {
    const cli = await runCli(gateway.url, options);
    const lags = await replay(gateway.url, options);
    const figures: Figure[] = [
      { name: 'CLI lag p50', value: cli.lagMs.p50, unit: 'ms' },
      { name: 'CLI lag p95', value: cli.lagMs.p95, unit: 'ms', atMost: LAG_TARGET_MS },
      { name: 'CLI windows', value: cli.windows, unit: '' },
      { name: 'replay lag p50', value: quantile(lags, 0.5), unit: 'ms' },
      { name: 'replay lag p95', value: quantile(lags, 0.95), unit: 'ms', atMost: LAG_TARGET_MS },
      { name: 'replay lag max', value: quantile(lags, 1), unit: 'ms' },
      { name: 'replay windows', value: lags.length, unit: '' },
    ];
    const few = Math.min(cli.windows, lags.length) < ENOUGH_WINDOWS;
    return {
      what:
        `capture instant of a window's last sample to its prediction's receipt, on ${gateway.backend}, training paused. CLI: ` +
        'counterpoise stream --speed 1, encoder included, each unit sent at its stamp. Replay: encoded before, sound sent ' +
        `when its last sample is captured (20 ms later).${few ? ` Fewer than ${ENOUGH_WINDOWS} windows: only a look.` : ''}`,
      figures,
      detail: { cli, lags },
    };
  } finally {
    await gateway.close();
  }
}
