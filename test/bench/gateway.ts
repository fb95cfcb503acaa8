/** A bench's handle on a server in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import {
  type GatewayAsk,
  type GatewayMemory,
  type GatewayReply,
  type GatewayUsage,
  isGatewayReply,
} from './gateway-messages.ts';

const CLOSE_GRACE_MS = 15_000;

/** An ask without its number. */
type Question = GatewayAsk extends infer Ask ? (Ask extends GatewayAsk ? Omit<Ask, 'id'> : never) : never;

export type GatewayOptions = {
  /** Further flags, as on the command line of `counterpoise serve`. */
  readonly flags?: readonly string[];
  /** Beside this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
};

export class Gateway {
  readonly port: number;
  /** What the inference process runs on. */
  readonly backend: string;
  readonly #child: ChildProcess;
  #lastId = 0;

  private constructor(child: ChildProcess, ready: { port: number; backend: string }) {
    this.#child = child;
    this.port = ready.port;
    this.backend = ready.backend;
  }

  /** Resolves when it serves. The caller closes it. */
  static async start({ flags = [], env = {} }: GatewayOptions = {}): Promise<Gateway> {
    const child = fork(new URL('./gateway-process.ts', import.meta.url), [...flags], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: { ...process.env, ...env },
    });
    try {
      const ready = await replyTo(child, 0);
      if (ready.type !== 'ready') throw new Error(`the server began with ${ready.type}`);
      return new Gateway(child, ready);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  /** `POST /whip/{name}`. @returns the SDP answer. */
  async whip(name: string, sdp: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}/whip/${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: sdp,
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`WHIP was answered ${response.status}: ${text}`);
    return text;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Bytes, of the server's own process. */
  async memory(): Promise<GatewayMemory> {
    const reply = await this.#ask({ type: 'memory' });
    if (reply.type !== 'memory') throw new Error(`asked for memory, the server answered ${reply.type}`);
    return reply.memory;
  }

  /** What it has used so far. */
  async usage(): Promise<GatewayUsage> {
    const reply = await this.#ask({ type: 'usage' });
    if (reply.type !== 'usage') throw new Error(`asked for its usage, the server answered ${reply.type}`);
    return reply.usage;
  }

  /** Measures the stages of its main thread from now on. */
  async measureStages(): Promise<void> {
    await this.#ask({ type: 'measure' });
  }

  /** Whether it chooses the temporal layer of what it decodes, as it does unless told otherwise. */
  async chooseLayers(chosen: boolean): Promise<void> {
    await this.#ask({ type: 'layers', chosen });
  }

  /** Serves other weights as `version`; gives how long that took. */
  async swap(version: number): Promise<number> {
    const reply = await this.#ask({ type: 'swap', version });
    if (reply.type !== 'swapped') throw new Error(`asked for a swap, the server answered ${reply.type}`);
    return reply.tookMs;
  }

  /** Ends the server. Idempotent. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.connected) this.#child.disconnect();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_GRACE_MS);
    await ended;
    clearTimeout(kill);
  }

  async #ask(question: Question): Promise<GatewayReply> {
    const id = ++this.#lastId;
    const answered = replyTo(this.#child, id);
    this.#child.send({ id, ...question } satisfies GatewayAsk);
    const reply = await answered;
    if (reply.type === 'failed') throw new Error(`the server could not ${question.type}: ${reply.reason}`);
    return reply;
  }
}

function replyTo(child: ChildProcess, id: number): Promise<GatewayReply> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => {
      child.off('message', take);
      reject(new Error(`the server ended with ${code}`));
    };
    const take = (message: unknown): void => {
      if (!isGatewayReply(message) || message.id !== id) return;
      child.off('message', take).off('exit', ended);
      resolve(message);
    };
    child.on('message', take).once('exit', ended);
  });
}
