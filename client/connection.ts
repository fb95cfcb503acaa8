/**
 * One WebSocket that is always being kept open: hello, welcome, messages, and again after every loss.
 *
 * Media goes out only while welcomed, and is the sender's to drop; durable messages wait in the outbox (`outbox.ts`).
 */
import { BehaviorSubject, type Observable, Subject } from 'rxjs';
import { decodeServer, encodeClient } from '../proto/codec.ts';
import { WireError } from '../proto/errors.ts';
import type { ClientMessage, Hello, ServerMessage, Welcome } from '../proto/messages.ts';
import { type Micros, micros } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';
import type { Random } from '../src/random.ts';
import { backoff } from './backoff.ts';
import { type Durable, type Outbox, post, settle } from './outbox.ts';
import { addPong, type PingEstimate, pingEstimate } from './ping-clock.ts';

const PING_EVERY_MS = 2000;
const SILENCE_MS = 10_000; // five unanswered pings: the connection is dead although the socket does not know

export type ConnectionState =
  | { readonly phase: 'connecting'; readonly attempt: number }
  | { readonly phase: 'open'; readonly welcome: Welcome; readonly since: Micros }
  | { readonly phase: 'waiting'; readonly attempt: number; readonly retryAt: Micros; readonly reason: string }
  /** Not tried again by itself: the server said that it would be refused again. */
  | { readonly phase: 'refused'; readonly reason: string };

export type ConnectionOptions = {
  readonly url: string;
  /** Asked before every attempt, so that it carries the newest resume token. */
  readonly hello: () => Hello;
  /** The media clock now, for the ping; null for a watcher or before the welcome. */
  readonly mediaNow: () => Micros | null;
  readonly clock: Clock;
  readonly draw: Random;
  /** What waited when the page was left. */
  readonly waiting?: Outbox;
};

/** Close statuses after which the same attempt would end the same way (`proto/closing.ts`): version, elsewhere, field, order. */
const FINAL_STATUS: ReadonlySet<number> = new Set([4426, 4440, 4422, 4409]);

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #messages = new Subject<ServerMessage>();
  readonly #state = new BehaviorSubject<ConnectionState>({ phase: 'connecting', attempt: 0 });
  readonly #ping = new BehaviorSubject<PingEstimate | null>(null);
  readonly #waiting: BehaviorSubject<Outbox>;
  #samples: ReturnType<typeof addPong> = [];
  #socket: WebSocket | null = null;
  #attempt = 0;
  #pingId = 0;
  #heard = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #pingTimer: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#waiting = new BehaviorSubject<Outbox>(options.waiting ?? []);
  }

  /** Every message of the server, the welcome included. */
  get messages$(): Observable<ServerMessage> {
    return this.#messages;
  }
  get state$(): Observable<ConnectionState> {
    return this.#state;
  }
  get ping$(): Observable<PingEstimate | null> {
    return this.#ping;
  }
  /** Durable messages that are not acknowledged yet. */
  get outbox$(): Observable<Outbox> {
    return this.#waiting;
  }
  get state(): ConnectionState {
    return this.#state.value;
  }
  get ping(): PingEstimate | null {
    return this.#ping.value;
  }
  /** Bytes that the socket has taken and not yet sent. */
  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }
  get closed(): boolean {
    return this.#closed;
  }

  /** Connects, or tries again at once where it waits or was refused. */
  open(): void {
    if (this.#closed || this.#socket !== null) return;
    clearTimeout(this.#retryTimer);
    this.#state.next({ phase: 'connecting', attempt: this.#attempt });
    const socket = new WebSocket(this.#options.url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.addEventListener('open', () => socket.send(encodeClient(this.#options.hello())));
    socket.addEventListener('message', (event) => this.#receive(socket, event.data));
    socket.addEventListener('close', (event) => this.#lost(socket, event.code, event.reason));
  }

  /** Sends now or not at all. @returns false where there is no welcomed connection. */
  send(message: ClientMessage): boolean {
    if (this.#socket === null || this.#state.value.phase !== 'open') return false;
    this.#socket.send(encodeClient(message));
    return true;
  }

  /** Sends, and sends again after each reconnect, until the server has answered. @throws {ClientError} ERR_CLIENT_OUTBOX */
  post(message: Durable): void {
    this.#waiting.next(post(this.#waiting.value, message));
    this.send(message);
  }

  /** Greets the server anew, over a new socket, so that it learns what has changed in the hello. */
  renew(): void {
    const old = this.#socket;
    if (old === null || this.#state.value.phase !== 'open') return;
    this.#socket = null;
    clearInterval(this.#pingTimer);
    old.close(1000, 'the page greets anew');
    this.open();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#pingTimer);
    this.#socket?.close(1000, 'the page is closed');
    this.#socket = null;
    for (const subject of [this.#messages, this.#state, this.#ping, this.#waiting]) subject.complete();
  }

  #receive(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || !(data instanceof ArrayBuffer)) return;
    this.#heard = this.#options.clock.monotonic();
    let message: ServerMessage;
    try {
      message = decodeServer(new Uint8Array(data));
    } catch (cause) {
      if (cause instanceof WireError && cause.code === 'ERR_WIRE_UNKNOWN') return; // a newer minor
      socket.close(4400, 'unreadable message');
      return;
    }
    this.#note(message);
    this.#messages.next(message);
    if (message.type === 'welcome') this.#beat(); // now that the page knows the session's clock, which RTP needs at once
  }

  /** What the connection itself needs to know of a message. */
  #note(message: ServerMessage): void {
    if (message.type === 'welcome') this.#welcomed(message);
    if (message.type === 'ack') this.#waiting.next(settle(this.#waiting.value, message.id));
    if (message.type === 'error' && message.regarding !== '') {
      this.#waiting.next(settle(this.#waiting.value, message.regarding));
    }
    if (message.type === 'pong') {
      this.#samples = addPong(this.#samples, message, this.#options.clock.monotonic());
      this.#ping.next(pingEstimate(this.#samples));
    }
  }

  #welcomed(welcome: Welcome): void {
    this.#attempt = 0;
    this.#samples = [];
    this.#state.next({ phase: 'open', welcome, since: this.#options.clock.monotonic() });
    for (const message of this.#waiting.value) this.send(message);
    clearInterval(this.#pingTimer);
    this.#pingTimer = setInterval(() => this.#beat(), PING_EVERY_MS);
  }

  #beat(): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#heard > SILENCE_MS * 1e3) {
      this.#socket?.close(4431, 'no answer to the ping');
      return;
    }
    this.#pingId += 1;
    const media = this.#options.mediaNow();
    const wall = media === null ? null : this.#options.clock.wall();
    this.send({ type: 'ping', id: this.#pingId, clientUs: Math.round(now), media, wall });
  }

  #lost(socket: WebSocket, status: number, text: string): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearInterval(this.#pingTimer);
    const reason = text || (status === 1006 ? 'the server does not answer' : `closed with status ${status}`);
    if (FINAL_STATUS.has(status)) {
      this.#state.next({ phase: 'refused', reason });
      return;
    }
    this.#attempt += 1;
    const wait = backoff(this.#attempt, this.#options.draw);
    const retryAt = this.#options.clock.monotonic() + wait * 1e3;
    this.#state.next({ phase: 'waiting', attempt: this.#attempt, retryAt: micros(retryAt), reason });
    this.#retryTimer = setTimeout(() => this.open(), wait);
  }
}
