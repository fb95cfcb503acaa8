/**
 * One peer: a connection that has said hello, as the rest of the server sees it.
 *
 * Backpressure: inward, a message over the agreed rate ends the peer, and nothing is read until someone subscribes to
 * `messages$`. Outward, what is droppable is skipped and counted while the socket holds more than `droppableBytes`; what is
 * essential waits in it, up to `bufferedBytes`.
 */
import { Observable, ReplaySubject, type Subscriber } from 'rxjs';
import type { RawData, WebSocket } from 'ws';
import { type CloseCode, closing } from '../../proto/closing.ts';
import { decodeClient, encodeServer } from '../../proto/codec.ts';
import { WireError } from '../../proto/errors.ts';
import type { ClientMessage, Hello, ServerMessage } from '../../proto/messages.ts';
import type { Clock } from '../../src/clock.ts';
import type { Log } from '../log.ts';
import type { SignalingLimits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** How a connection ended. `code` is null where the peer left of its own accord. */
export type PeerEnd = { readonly code: CloseCode | null; readonly status: number };

/** `droppable`: superseded by the next of its kind, skipped while the socket is full. `essential`: never skipped. */
export type Urgency = 'droppable' | 'essential';

export type Peer = {
  /** Unique within this process; for logs. */
  readonly id: string;
  readonly hello: Hello;
  /** What comes after hello, in order. For one subscriber, once; nothing is read before. Completes when the peer has ended. */
  readonly messages$: Observable<ClientMessage>;
  /** Emits once, when the connection has ended for whatever reason, then completes; also for who subscribes later. */
  readonly closed$: Observable<PeerEnd>;
  /** Bytes that wait in the socket. */
  readonly bufferedBytes: number;
  /** Messages skipped because the peer reads too slowly (`slow-watcher`). */
  readonly skipped: number;
  /** Sends a message. Predictions, tiles and health are droppable, the rest is essential. @returns false where it was skipped or the peer has ended. */
  send(message: ServerMessage): boolean;
  /** Sends a message that was encoded once for many peers; `bytes` must not be changed afterwards. @returns as `send`. */
  sendBytes(bytes: Uint8Array, urgency: Urgency): boolean;
  /** Tells the peer why, then closes. `detail` is for the person at the other end. Idempotent. */
  close(code: CloseCode, detail?: string): void;
};

export type PeerOptions = {
  readonly id: string;
  readonly socket: WebSocket;
  readonly limits: SignalingLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: SignalingCounters;
  /** The first message was a good hello. */
  readonly onHello: (peer: Peer) => void;
};

/** Plain counters since start, for /metrics. */
export type SignalingCounters = {
  messagesIn: number;
  bytesIn: number;
  messagesOut: number;
  bytesOut: number;
  slowWatcher: number;
  /** Messages of a type not known here. */
  unknown: number;
  /** Connections ended by us, by code. */
  readonly ended: Map<CloseCode, number>;
};

/** What the next message of the same kind supersedes. */
function urgencyOf(message: ServerMessage): Urgency {
  switch (message.type) {
    case 'prediction':
    case 'tile':
    case 'health':
      return 'droppable';
    default:
      return 'essential';
  }
}

/** A WebSocket with hello, limits and a readable end. Owns its socket. */
export class PeerConnection implements Peer {
  readonly id: string;
  readonly messages$: Observable<ClientMessage>;
  readonly closed$: Observable<PeerEnd>;
  readonly #options: PeerOptions;
  readonly #socket: WebSocket;
  readonly #ended = new ReplaySubject<PeerEnd>(1);
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #early: ClientMessage[] = []; // read from the socket before someone listened; at most what one read brings
  #listener: Subscriber<ClientMessage> | null = null;
  #hello: Hello | null = null;
  #end: PeerEnd | null = null;
  #helloTimer: NodeJS.Timeout | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  #alive = true;
  #skipped = 0;

  constructor(options: PeerOptions) {
    const { socket, limits, clock } = options;
    const now = clock.monotonic();
    this.id = options.id;
    this.#options = options;
    this.#socket = socket;
    this.#messages = bucket(limits.messagesPerSecond, limits, now);
    this.#bytes = bucket(limits.bytesPerSecond, limits, now);
    this.messages$ = new Observable((subscriber) => this.#listen(subscriber));
    this.closed$ = this.#ended.asObservable();
    this.#helloTimer = setTimeout(() => this.close('ERR_WIRE_HELLO'), limits.helloMs);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', (data) => this.#answerPing(data));
    socket.on('pong', () => this.#markAlive());
    socket.on('close', (status) => this.#finish(status));
    // ws closes the socket itself after an error (a broken frame, a reset); 'close' follows.
    socket.on('error', (error) =>
      options.log.debug('a socket failed', { peer: this.id, reason: error.message }),
    );
  }

  get hello(): Hello {
    if (this.#hello === null)
      throw new WireError('ERR_WIRE_ORDER', 'hello was read before it came: wait for onHello');
    return this.#hello;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get skipped(): number {
    return this.#skipped;
  }

  send(message: ServerMessage): boolean {
    return this.#end === null && this.sendBytes(encodeServer(message), urgencyOf(message));
  }

  sendBytes(bytes: Uint8Array, urgency: Urgency): boolean {
    const { limits, counters } = this.#options;
    if (this.#end !== null || this.#socket.readyState !== this.#socket.OPEN) return false;
    if (urgency === 'droppable' && this.bufferedBytes > limits.droppableBytes) {
      this.#skipped++;
      counters.slowWatcher++;
      return false;
    }
    if (this.bufferedBytes + bytes.length > limits.bufferedBytes) {
      this.close('ERR_WIRE_SLOW');
      return false;
    }
    counters.messagesOut++;
    counters.bytesOut += bytes.length;
    this.#socket.send(bytes);
    return true;
  }

  close(code: CloseCode, detail?: string): void {
    if (this.#end !== null) return;
    const { status, reason } = closing(code);
    const message = detail ?? reason;
    // Straight to the socket: a full buffer must not keep the reason back, and `close` must not be entered again.
    this.#socket.send(encodeServer({ type: 'error', code, message, fatal: true, regarding: '' }));
    this.#end = { code, status };
    clearTimeout(this.#helloTimer);
    const { ended } = this.#options.counters;
    ended.set(code, (ended.get(code) ?? 0) + 1);
    this.#options.log.info('closing a connection', { peer: this.id, code });
    this.#socket.close(status, reason);
    // Who does not read does not answer a close frame either.
    this.#closeTimer = setTimeout(() => this.#socket.terminate(), this.#options.limits.closeMs);
    this.#socket.resume();
    this.#listener?.complete();
  }

  /** Sends a ping frame, or ends a peer that has not been heard of since the last. Called every `heartbeatMs`. */
  beat(): void {
    if (this.#end !== null) return;
    if (!this.#alive) {
      this.close('ERR_WIRE_TIMEOUT');
      return;
    }
    this.#alive = this.#socket.isPaused; // a paused socket cannot bring a pong
    this.#socket.ping();
  }

  #markAlive(): void {
    this.#alive = true;
  }

  /** Counted like a message: unread answers to a flood of pings would fill the socket's buffer. */
  #answerPing(data: Buffer): void {
    if (this.#end !== null) return;
    this.#alive = true;
    if (this.#messages.take(1, this.#options.clock.monotonic())) this.#socket.pong(data);
    else this.close('ERR_WIRE_RATE');
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#end !== null) return;
    this.#alive = true;
    try {
      const bytes = binary(data, isBinary);
      const { counters } = this.#options;
      counters.messagesIn++;
      counters.bytesIn += bytes.length;
      const message = decodeClient(bytes);
      this.#meter(message, bytes.length);
      this.#dispatch(message);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** With credit, media is paced by the credit: only its size is bounded. */
  #meter(message: ClientMessage, size: number): void {
    if (message.type === 'media' && this.#hello?.pace === 'credit') return;
    const now = this.#options.clock.monotonic();
    const { messagesPerSecond, bytesPerSecond } = this.#options.limits;
    if (!this.#messages.take(1, now)) {
      const detail = `more than ${messagesPerSecond} messages a second: send at the speed of capture, or ask for credit`;
      throw new WireError('ERR_WIRE_RATE', detail);
    }
    if (!this.#bytes.take(size, now)) {
      const detail = `more than ${bytesPerSecond} bytes a second: lower the bit rate, or ask for credit`;
      throw new WireError('ERR_WIRE_BYTES', detail);
    }
  }

  #dispatch(message: ClientMessage): void {
    if (message.type === 'hello') this.#greet(message);
    else if (this.#hello === null) {
      throw new WireError('ERR_WIRE_ORDER', `${message.type} came before hello: send hello first`);
    } else if (this.#listener) this.#listener.next(message);
    else this.#early.push(message);
  }

  #greet(hello: Hello): void {
    if (this.#hello !== null)
      throw new WireError('ERR_WIRE_ORDER', 'a second hello came: open a new connection');
    this.#hello = hello;
    clearTimeout(this.#helloTimer);
    this.#socket.pause();
    this.#options.onHello(this);
  }

  #listen(subscriber: Subscriber<ClientMessage>): void {
    if (this.#listener !== null) {
      subscriber.error(new WireError('ERR_WIRE_ORDER', 'messages$ is for one subscriber, once: share it'));
      return;
    }
    this.#listener = subscriber;
    for (const message of this.#early.splice(0)) subscriber.next(message);
    if (this.#end !== null) subscriber.complete();
    else this.#socket.resume();
  }

  /** A peer's fault ends that peer. A fault of ours while handling its message does too, and is said as such. */
  #refuse(error: unknown): void {
    if (error instanceof WireError) {
      if (error.code === 'ERR_WIRE_UNKNOWN') this.#options.counters.unknown++;
      else this.close(error.code, error.message);
      return;
    }
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.log.error('a message could not be handled', { peer: this.id, reason });
    this.close('END_SERVER_FAULT');
  }

  #finish(status: number): void {
    clearTimeout(this.#helloTimer);
    clearTimeout(this.#closeTimer);
    this.#end ??= { code: null, status };
    this.#early.length = 0;
    this.#listener?.complete();
    this.#ended.next(this.#end);
    this.#ended.complete();
  }
}

function bucket(
  perSecond: number,
  limits: SignalingLimits,
  now: ReturnType<Clock['monotonic']>,
): TokenBucket {
  return new TokenBucket(perSecond, perSecond * limits.burstSeconds, now);
}

function binary(data: RawData, isBinary: boolean): Uint8Array {
  if (!isBinary) throw new WireError('ERR_WIRE_MALFORMED', 'a text frame came: send binary frames');
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
