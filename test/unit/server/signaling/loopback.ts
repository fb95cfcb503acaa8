/** A signaling on a loopback server, with clients that speak the wire and clients that do not. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'vitest';
import WebSocket from 'ws';
import { decodeServer, encodeClient } from '../../../../proto/codec.ts';
import type { ClientMessage, Hello, ServerMessage } from '../../../../proto/messages.ts';
import { type Micros, micros, millis } from '../../../../proto/units.ts';
import { silentLog } from '../../../../server/log.ts';
import type { SignalingLimits } from '../../../../server/signaling/limits.ts';
import {
  createSignaling,
  type Peer,
  type Refusal,
  type Signaling,
} from '../../../../server/signaling/signaling.ts';

export const hello: Hello = {
  type: 'hello',
  protocolMajor: 1,
  protocolMinor: 0,
  role: 'stream',
  sessionName: '',
  resumeToken: '',
  watchSessionId: '',
  pace: 'live',
  by: '',
};
export const ping = (id: number): ClientMessage => ({
  type: 'ping',
  id,
  clientUs: 0,
  media: null,
  wall: null,
});
export const pong = (id: number): ServerMessage => ({
  type: 'pong',
  id,
  clientUs: 0,
  serverUs: 0,
  media: null,
});
export const media = (size: number): ClientMessage => ({
  type: 'media',
  unit: { modality: 'video', key: true, at: micros(0), data: new Uint8Array(size) },
});

export type LoopbackOptions = {
  readonly limits?: Partial<SignalingLimits>;
  readonly admit?: (request: IncomingMessage) => Refusal | null;
  /** Default: notes every message and answers pings. */
  readonly onPeer?: (peer: Peer) => void;
};

/** How a connection ended: its close status and reason, and the code of the error message before it. */
export type End = { readonly status: number; readonly code: string; readonly reason: string };

export class Loopback {
  readonly signaling: Signaling;
  readonly port: number;
  readonly peers: Peer[] = [];
  readonly received: ClientMessage[] = [];
  now: Micros = micros(0);
  readonly #server: Server;
  readonly #clients: WebSocket[] = [];

  private constructor(server: Server, port: number, { limits, admit, onPeer }: LoopbackOptions) {
    this.#server = server;
    this.port = port;
    this.signaling = createSignaling({
      server,
      admit: admit ?? (() => null),
      clock: { monotonic: () => this.now, wall: () => millis(0) },
      log: silentLog,
      limits: { closeMs: 200, ...limits },
      onPeer: (peer) => {
        this.peers.push(peer);
        if (onPeer) onPeer(peer);
        else this.#answer(peer);
      },
    });
  }

  static async start(options: LoopbackOptions = {}): Promise<Loopback> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
    return new Loopback(server, address.port, options);
  }

  async close(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.terminate();
    await this.signaling.close();
    this.#server.close();
  }

  /** A socket that is not open yet. */
  dial(options: WebSocket.ClientOptions = {}, path = '/ws'): WebSocket {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}${path}`, {
      perMessageDeflate: false,
      ...options,
    });
    this.#clients.push(socket);
    return socket;
  }

  async open(options?: WebSocket.ClientOptions, path?: string): Promise<WebSocket> {
    const socket = this.dial(options, path);
    await once(socket, 'open');
    return socket;
  }

  async greet(options?: WebSocket.ClientOptions, greeting: Hello = hello): Promise<WebSocket> {
    const socket = await this.open(options);
    socket.send(encodeClient(greeting));
    return socket;
  }

  /** A greeted connection from both ends. */
  async both(): Promise<{ readonly peer: Peer; readonly socket: WebSocket }> {
    const socket = await this.greet();
    await expect.poll(() => this.peers.length).toBe(1);
    const [peer] = this.peers;
    if (!peer) throw new Error('no peer');
    return { peer, socket };
  }

  /** Writes bytes on a bare connection, half-closes, and waits for the other side to end it. */
  async hurl(bytes: Uint8Array): Promise<void> {
    const socket = connect(this.port, '127.0.0.1');
    socket.on('error', () => {}); // a reset is an answer too
    socket.resume();
    socket.end(bytes);
    await once(socket, 'close');
  }

  #answer(peer: Peer): void {
    peer.messages$.subscribe((message) => {
      this.received.push(message);
      if (message.type === 'ping') peer.send(pong(message.id));
    });
  }
}

/** Whether the next answer is the one to this ping: the connection works. */
export async function isServed(socket: WebSocket, id: number): Promise<boolean> {
  const answer = once(socket, 'message');
  socket.send(encodeClient(ping(id)));
  const [data] = await answer;
  const message = decodeServer(data);
  return message.type === 'pong' && message.id === id;
}

export async function endOf(socket: WebSocket): Promise<End> {
  let code = '';
  socket.on('message', (data: Buffer) => {
    const message = decodeServer(data);
    if (message.type === 'error') code = message.code;
  });
  const [status, reason] = await once(socket, 'close');
  return { status, code, reason: String(reason) };
}
