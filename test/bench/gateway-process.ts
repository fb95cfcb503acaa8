/**
 * A whole server in a process of its own, over an empty folder, so that a bench's client takes no time from it. When its parent
 * ends or lets go it closes and removes the folder.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeInitialCheckpoint } from '../../server/compute/checkpoint.ts';
import { readConfig } from '../../server/config.ts';
import { silentLog } from '../../server/log.ts';
import { start } from '../../server/main.ts';
import { MediasoupSfu } from '../../server/sfu/sfu.ts';
import { TemporalLayer } from '../../server/temporal-layer.ts';
import { featureHashInput } from '../../src/features/spec.ts';
import { type GatewayAsk, type GatewayReply, type GatewayUsage, isAsk } from './gateway-messages.ts';
import { StageMeter } from './stage-meter.ts';
import { measuredMethods, webcodecsTime } from './stages.ts';

const reply = (message: GatewayReply): void => {
  process.send?.(message);
};

const dataFolder = await mkdtemp(join(tmpdir(), 'counterpoise-bench-'));
const flags = ['--port', '0', '--rtc-port', '0', '--data', dataFolder, ...process.argv.slice(2)];
const read = readConfig(flags, {});
if (read.type !== 'config') throw new Error('these flags ask for help, not for a server');

// The server keeps its media workers to itself: they are caught where they are started.
let sfu: MediasoupSfu | null = null;
const startSfu = MediasoupSfu.start;
MediasoupSfu.start = async (options) => {
  const started = await startSfu.call(MediasoupSfu, options);
  if (started instanceof MediasoupSfu) sfu = started;
  return started;
};
let meter: StageMeter | null = null;
let layersChosen = true;
const nextLayer = TemporalLayer.prototype.next;
TemporalLayer.prototype.next = function (this: TemporalLayer, ...args) {
  return layersChosen ? nextLayer.apply(this, args) : undefined;
};
const running = await start(read.config, silentLog);
const written = new Map<number, string>();

/** A checkpoint for each version that is asked for, each with weights of its own. */
async function checkpoint(version: number): Promise<string> {
  const known = written.get(version);
  if (known) return known;
  const folder = join(running.open.folder, `bench-${version}`);
  await writeInitialCheckpoint(
    folder,
    version + 1,
    createHash('sha256').update(featureHashInput()).digest('hex'),
  );
  written.set(version, folder);
  return folder;
}

async function usage(): Promise<GatewayUsage> {
  const decoderThreads = await webcodecsTime(process.pid);
  const workers = (await sfu?.usage()) ?? [];
  const { user, system } = process.cpuUsage();
  const main = process.threadCpuUsage();
  return {
    at: performance.now(),
    cpu: (user + system) / 1e3,
    mainThread: (main.user + main.system) / 1e3,
    decoderThreads,
    active: performance.eventLoopUtilization().active,
    stages: meter?.spent ?? {},
    workers,
  };
}

async function answer(ask: GatewayAsk): Promise<GatewayReply> {
  const { id } = ask;
  switch (ask.type) {
    case 'memory': {
      const { rss, heapUsed, external } = process.memoryUsage();
      return { id, type: 'memory', memory: { rss, heapUsed, external } };
    }
    case 'usage':
      return { id, type: 'usage', usage: await usage() };
    case 'measure':
      meter ??= new StageMeter(await measuredMethods());
      return { id, type: 'done' };
    case 'layers':
      layersChosen = ask.chosen;
      return { id, type: 'done' };
    case 'swap': {
      const folder = await checkpoint(ask.version);
      const began = performance.now();
      await running.open.inference.swap(folder, ask.version);
      return { id, type: 'swapped', tookMs: performance.now() - began };
    }
  }
}

process.on('message', (message: unknown) => {
  if (!isAsk(message)) return;
  answer(message)
    .catch((error: unknown): GatewayReply => ({ id: message.id, type: 'failed', reason: String(error) }))
    .then(reply);
});
process.once('disconnect', async () => {
  await running.close();
  await rm(dataFolder, { recursive: true, force: true });
  process.exit(0);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined); // the parent says when
reply({ id: 0, type: 'ready', port: running.port, backend: running.open.inference.report.backend });
