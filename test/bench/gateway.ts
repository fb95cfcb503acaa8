/** A bench's handle on a server in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import {
  type GatewayAsk,
  type GatewayMemory,
  type GatewayReply,
  isGatewayReply,
} from './gateway-messages.ts';

const CLOSE_GRACE_MS = 15_000;

type Question = { readonly type: 'memory' } | { readonly type: 'swap'; readonly version: number };

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
  static async start(): Promise<Gateway> {
    const execArgv = ['--disable-warning=ExperimentalWarning'];
    const child = fork(new URL('./gateway-process.ts', import.meta.url), { execArgv });
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

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Bytes, of the server's own process. */
  async memory(): Promise<GatewayMemory> {
    const reply = await this.#ask({ type: 'memory' });
    if (reply.type !== 'memory') throw new Error(`asked for memory, the server answered ${reply.type}`);
    return reply.memory;
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
