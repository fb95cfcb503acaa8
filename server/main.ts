/**
 * Composition root: wires the parts, starts them, handles signals, gives the exit code.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WireError } from '../proto/errors.ts';
import type { WebrtcState } from '../proto/messages.ts';
import { systemClock as clock } from './clock.ts';
import { beginningText } from './compute/beginning.ts';
import { type Config, readConfig } from './config.ts';
import { createHttp, type HealthReport, type Http } from './http.ts';
import { openDecoders } from './ingest/open-decoders.ts';
import { createLog, type Log } from './log.ts';
import { metricsOf } from './metrics.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { openSfu } from './open-sfu.ts';
import { handle } from './requests.ts';
import { Room } from './room.ts';
import type { Sfu } from './sfu/ports.ts';
import type { Peer } from './signaling/peer.ts';
import { createSignaling, type Signaling } from './signaling/signaling.ts';

const CLIENT_FOLDER = fileURLToPath(new URL('../dist/client', import.meta.url));
const PACKAGE = new URL('../package.json', import.meta.url);

/** A server that runs. */
export type Running = {
  readonly urls: readonly string[];
  readonly port: number;
  readonly open: OpenProject;
  readonly webrtc: WebrtcState;
  close(): Promise<void>;
};

/** Starts everything that `config` asks for. @throws the error of the part that could not be started, after closing the others. */
export async function start(config: Config, log: Log): Promise<Running> {
  const open = await openProject(config, clock, log);
  const version = packageVersion();
  const { project, inference } = open;
  const sfu = await openSfu(config, clock, log);
  const room = new Room({
    project,
    projectName: config.project,
    dataPath: shown(open.folder),
    version,
    inference,
    sfu,
    audioBias: config.rtc.audioBias,
    waveform: open.backbones.waveform,
    clock,
    log,
  });
  let http: Http | null = null;
  let signaling: Signaling | null = null;
  const close = async (): Promise<void> => {
    await signaling?.close();
    await http?.close();
    room.close();
    await sfu.close();
    await open.close();
  };
  try {
    http = await createHttp(config, {
      clientFolder: CLIENT_FOLDER,
      health: () => health(open, room, sfu, version),
      metrics: () => metricsOf(room, signaling),
      whip: (name, sdp) => room.whip(name, sdp),
      endWhip: (name, id) => room.endWhip(name, id),
      clock,
      log,
    });
    signaling = createSignaling({
      server: http.server,
      admit: http.admit,
      onPeer: (peer) => welcome(peer, room, open, log),
      clock,
      log,
    });
    const { urls, port, fingerprint } = await http.listen();
    if (fingerprint) log.info('a certificate made here is used; its SHA-256', { fingerprint });
    return { urls, port, open, webrtc: sfu.state, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Lets a peer into the room and carries out what it asks, until it leaves. */
function welcome(peer: Peer, room: Room, { project }: OpenProject, log: Log): void {
  try {
    room.join(peer, peer.hello);
  } catch (error) {
    log.info('a peer was not let in', { reason: String(error) });
    peer.close('ERR_WIRE_PEERS', error instanceof Error ? error.message : undefined);
    return;
  }
  const context = { peer, room, project, clock, log, by: peer.hello.by };
  peer.messages$.subscribe((message) => {
    handle(context, message).catch((error: unknown) => {
      if (error instanceof WireError) peer.close(error.code, error.message);
      else peer.close('END_SERVER_FAULT');
    });
  });
  peer.closed$.subscribe(() => room.leave(peer));
}

/** `counterpoise serve`: runs until a signal comes. Resolves with the exit code. */
export async function serve(args: readonly string[]): Promise<number> {
  const read = readConfig(args);
  if (read.type === 'help') {
    process.stdout.write(read.text);
    return 0;
  }
  const format = process.stderr.isTTY ? 'pretty' : 'json';
  const log = createLog({ write: (line) => process.stderr.write(line), clock, format });
  const stopped = signalled();
  const running = await start(read.config, log);
  const { backend, reason, remedy } = running.open.inference.report;
  process.stdout.write(
    `Counterpoise runs on ${backend}: ${reason}${remedy ? `. To change it: ${remedy}` : ''}\n`,
  );
  process.stdout.write(`The encoders began as ${beginningText(running.open.beginning)}\n`);
  for (const line of running.open.backbones.lines) process.stdout.write(`${line}\n`);
  if (!running.webrtc.available) {
    const { reason: why, remedy: how } = running.webrtc;
    process.stdout.write(`Media comes over WebSocket only: ${why}${how ? `. To change it: ${how}` : ''}\n`);
  }
  for (const url of running.urls) process.stdout.write(`${url}\n`);
  log.info('stopping', { signal: await stopped });
  await running.close();
  return 0;
}

/** The first SIGINT or SIGTERM; a second one ends the process at once. */
function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve(signal);
      });
    }
  });
}

function health(
  { inference, beginning }: OpenProject,
  room: Room,
  { state }: Sfu,
  version: string,
): HealthReport {
  const { backend, reason, remedy } = inference.report;
  return {
    status: 'ok',
    version,
    backend,
    backendReason: reason,
    backendRemedy: remedy,
    init: beginning.type,
    beginning: beginningText(beginning),
    sessions: room.sessions.length,
    openDecoders: openDecoders(),
    webrtc: state.available,
    webrtcReason: state.available ? '' : state.reason,
    webrtcRemedy: state.available ? '' : state.remedy,
  };
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8'));
  return String(version);
}

/** A path as a person would write it: from the working folder, or from the home folder. */
function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  if (!fromHere.startsWith('..')) return fromHere;
  const fromHome = relative(homedir(), path);
  return fromHome.startsWith('..') ? path : `~/${fromHome}`;
}
