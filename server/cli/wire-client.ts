/**
 * A client over the same wire as the page, for commands: Node's own WebSocket, messages in, messages out.
 */
import { concat, defer, filter, firstValueFrom, from, type Observable, Subject, take, timeout } from 'rxjs';
import { decodeServer, encodeClient } from '../../proto/codec.ts';
import {
  type ClientMessage,
  PROTOCOL_MAJOR,
  PROTOCOL_MINOR,
  type ServerMessage,
  type Welcome,
} from '../../proto/messages.ts';
import type { Millis } from '../../proto/units.ts';
import { CliError } from '../errors.ts';

export type WireClientOptions = {
  /** `ws://host:port` or `wss://…`; a missing path means the server's own. */
  readonly url: string;
  /** Access token, where the server asks for one. */
  readonly token: string | null;
  readonly sessionName: string;
  readonly pace: 'live' | 'credit';
  readonly by: string;
  /** `watch`: sees a session and sends no media. Default `stream`. */
  readonly role?: 'stream' | 'watch';
  /** Which session to watch; default the newest. */
  readonly watchSessionId?: string;
};

type OfType<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

export class WireClient {
  readonly #socket: WebSocket;
  readonly #messages = new Subject<ServerMessage>();
  /** What came before anybody listened; the server speaks first. */
  #early: ServerMessage[] | null = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(data));
    socket.addEventListener('close', ({ code, reason }) => {
      this.#messages.error(
        new CliError('ERR_CLI_CLOSED', `the server closed the connection: ${reason || code}`),
      );
    });
  }

  /** Connects and says hello. @throws {CliError} ERR_CLI_CONNECT when nobody answers there, ERR_CLI_CLOSED when refused. */
  static async connect(
    options: WireClientOptions,
  ): Promise<{ readonly client: WireClient; readonly welcome: Welcome }> {
    const url = endpoint(options.url);
    const headers = options.token ? { authorization: `Bearer ${options.token}` } : {};
    const socket = new WebSocket(url, { headers });
    socket.binaryType = 'arraybuffer';
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      const hint = `no server answers at ${url.href}; start one with npm start, or name it with --url`;
      socket.addEventListener('error', () => reject(new CliError('ERR_CLI_CONNECT', hint)), { once: true });
    });
    const client = new WireClient(socket);
    const welcome = client.next('welcome');
    client.send({
      type: 'hello',
      protocolMajor: PROTOCOL_MAJOR,
      protocolMinor: PROTOCOL_MINOR,
      role: options.role ?? 'stream',
      sessionName: options.sessionName,
      resumeToken: '',
      watchSessionId: options.watchSessionId ?? '',
      pace: options.pace,
      by: options.by,
    });
    return { client, welcome: await welcome };
  }

  /** Every message from the first one on for the first subscriber, from now on for later ones. */
  get messages$(): Observable<ServerMessage> {
    return defer(() => {
      const early = this.#early ?? [];
      this.#early = null;
      return concat(from(early), this.#messages);
    });
  }

  /** Bytes that the socket has not taken yet. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Messages of one type. */
  of<T extends ServerMessage['type']>(type: T): Observable<OfType<T>> {
    return this.#messages.pipe(filter((message): message is OfType<T> => message.type === type));
  }

  /** The next message of a type that fits. Rejects when the connection ends first, or after `patience`. */
  next<T extends ServerMessage['type']>(
    type: T,
    fits: (message: OfType<T>) => boolean = () => true,
    patience?: Millis,
  ): Promise<OfType<T>> {
    const found$ = this.of(type).pipe(filter(fits), take(1));
    return firstValueFrom(patience === undefined ? found$ : found$.pipe(timeout({ first: patience })));
  }

  send(message: ClientMessage): void {
    this.#socket.send(new Uint8Array(encodeClient(message)));
  }

  /** Idempotent. */
  close(): void {
    this.#messages.complete();
    this.#socket.close();
  }

  #take(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    const message = decodeServer(new Uint8Array(data));
    this.#early?.push(message);
    this.#messages.next(message);
  }
}

function endpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^(ws|http)s?:$/.test(url.protocol)) {
    throw new CliError('ERR_CLI_OPTION', `--url is "${text}", expected ws://host:port or wss://host:port`);
  }
  url.protocol = url.protocol.replace('http', 'ws');
  if (url.pathname === '/') url.pathname = '/ws';
  return url;
}
