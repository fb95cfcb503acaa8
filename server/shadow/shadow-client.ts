/**
 * The gateway's handle on the shadow process: forks it when there is something to follow, and anew, a few times, after it
 * died. Nothing of it reaches serving: its outcome are figures.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { endChild } from '../compute/end-child.ts';
import { isShadowReply, type ShadowReply, type ShadowSetting } from './messages.ts';
import type { Shadow, ShadowEvents } from './ports.ts';

export type ShadowOptions = ShadowSetting &
  ShadowEvents & {
    /** Process to fork; the tests' own for what a real one never does. Default: the shadow process. */
    readonly program?: URL;
  };

const MOST_STARTS = 3; // what dies each time would otherwise take a core for ever

/** A shadow for one project. Starts no process before it follows. */
export const startShadow = (options: ShadowOptions): Shadow => new ShadowClient(options);

class ShadowClient implements Shadow {
  readonly #options: ShadowOptions;
  #child: ChildProcess | null = null;
  #starts = 0;
  #closed = false;

  constructor(options: ShadowOptions) {
    this.#options = options;
  }

  follow(upTo: number, yields: boolean): void {
    if (this.#closed || (!this.#child && this.#starts >= MOST_STARTS)) return;
    const { backend, journal, featureHash, seed, first } = this.#options;
    const setting = { backend, journal, featureHash, seed, first };
    this.#child ??= this.#fork();
    this.#child.send({ type: 'follow', setting, upTo, yields });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await endChild(this.#child);
  }

  #fork(): ChildProcess {
    this.#starts++;
    const child = fork(this.#options.program ?? new URL('./shadow-process.ts', import.meta.url), {
      serialization: 'advanced',
      execArgv: ['--disable-warning=DEP0051', '--disable-warning=ExperimentalWarning'],
    });
    child.on('message', (message: unknown) => {
      if (isShadowReply(message)) this.#take(message);
    });
    child.on('error', (cause) => this.#died(child, cause.message));
    child.once('exit', (code, signal) => this.#died(child, signal ?? `exit code ${code}`));
    return child;
  }

  #take(reply: ShadowReply): void {
    if (this.#closed) return;
    if (reply.type === 'progress') this.#options.onProgress(reply.progress);
    else this.#options.onFailed(reply.reason);
  }

  #died(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = null;
    if (this.#closed) return;
    const next = this.#starts < MOST_STARTS ? 'the next label starts another' : 'it is not started again';
    this.#options.onFailed(`its process ended (${how}); ${next}`);
  }
}
