/**
 * Signaling: upgrades HTTP requests to WebSockets, waits for hello, keeps the heartbeat, and hands each peer on.
 *
 * The only importer of `ws`, with its neighbours in this folder. Knows nothing of sessions.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { LIMITS } from '../../proto/codec.ts';
import type { Clock } from '../../src/clock.ts';
import type { Log } from '../log.ts';
import { SIGNALING_LIMITS, type SignalingLimits } from './limits.ts';
import { type Peer, PeerConnection, type SignalingCounters } from './peer.ts';

export type { Peer, PeerEnd, SignalingCounters, Urgency } from './peer.ts';

/** Why an upgrade is refused: an HTTP status and a sentence for the person at the other end. */
export type Refusal = { readonly status: number; readonly reason: string };

export type SignalingOptions = {
  /** The HTTP or HTTPS server whose upgrades are taken. Not closed here. */
  readonly server: Server;
  /** Checks Host, Origin and token of an upgrade; null admits it. */
  readonly admit: (request: IncomingMessage) => Refusal | null;
  /** A peer has said hello. Nothing more is read from it until someone subscribes to its `messages$`. */
  readonly onPeer: (peer: Peer) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<SignalingLimits>;
};

export type Signaling = {
  readonly peerCount: number;
  readonly counters: Readonly<SignalingCounters>;
  /** Closes every peer as "server stops" and takes no further upgrade. Resolves when all sockets have ended. Idempotent. */
  close(): Promise<void>;
};

/** Paths on which a socket may be opened. */
const PATHS: readonly string[] = ['/ws', '/'];
/** Above it ws ends the connection with the standard status 1009 before the message is whole; below, our own check speaks. */
const HARD_PAYLOAD = 2 * LIMITS.messageBytes;

/** Takes the upgrades of `server` from now on. */
export function createSignaling(options: SignalingOptions): Signaling {
  const limits: SignalingLimits = { ...SIGNALING_LIMITS, ...options.limits };
  const { server, clock, log } = options;
  const counters = newCounters();
  const peers = new Set<PeerConnection>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: HARD_PAYLOAD,
    perMessageDeflate: false,
    clientTracking: false,
    autoPong: false,
  });
  let opened = 0;

  const open = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', () => stream.destroy());
    const refusal = refusalOf(request, options.admit);
    if (refusal) {
      refuse(stream, refusal, log);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      opened++;
      const peer = new PeerConnection({
        id: `peer-${opened}`,
        socket,
        limits,
        clock,
        log,
        counters,
        onHello: options.onPeer,
      });
      peers.add(peer);
      peer.closed$.subscribe(() => peers.delete(peer));
      if (peers.size > limits.peers) peer.close('ERR_WIRE_PEERS');
    });
  };
  const heartbeat = setInterval(() => {
    for (const peer of peers) peer.beat();
  }, limits.heartbeatMs);
  server.on('upgrade', open);

  const stop = async (): Promise<void> => {
    clearInterval(heartbeat);
    server.off('upgrade', open);
    const ends = [...peers].map(
      (peer) => new Promise<void>((done) => peer.closed$.subscribe({ complete: () => done() })),
    );
    for (const peer of peers) peer.close('END_SERVER_STOPS');
    await Promise.all(ends);
  };
  let stopped: Promise<void> | null = null;
  return {
    get peerCount() {
      return peers.size;
    },
    counters,
    close: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function newCounters(): SignalingCounters {
  const zero = { messagesIn: 0, bytesIn: 0, messagesOut: 0, bytesOut: 0, slowWatcher: 0, unknown: 0 };
  return { ...zero, ended: new Map() };
}

function refusalOf(request: IncomingMessage, admit: SignalingOptions['admit']): Refusal | null {
  const refusal = admit(request);
  if (refusal) return refusal;
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  return PATHS.includes(path) ? null : { status: 404, reason: 'no socket here; open /ws' };
}

function refuse(stream: Duplex, { status, reason }: Refusal, log: Log): void {
  log.info('refused an upgrade', { status });
  const body = `${reason}\n`;
  stream.end(
    [
      `HTTP/1.1 ${status} Refused`,
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
