/**
 * The order of things inside the inference process: commands are applied first come, first served; windows that wait
 * together go in one batch; a swap goes on step by step between batches.
 *
 * Backpressure: the queue is bounded by the client, which holds at most its limit of calls open.
 */
import type { Pair } from '../../src/media.ts';
import type { Suspicion } from '../../src/model/suspicion.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type BackboneEmbedding, LARGEST_BATCH } from './embedder.ts';
import type { Command, Failure, Result } from './inference-messages.ts';
import type { Steps } from './lessons.ts';
import type { Answer, ComputeStats, Learned } from './ports.ts';

/** What the loop drives; `Serving` in the process. */
export type Served = {
  infer(pairs: readonly Pair[]): readonly Answer[];
  embed(pair: Pair): BackboneEmbedding;
  learn(seq: number): Learned;
  suspects(): readonly Suspicion[];
  thumbnails(seqs: readonly number[]): readonly Uint8Array[];
  rebuild(): void;
  adopt(checkpoint: Checkpoint, version: number): Steps<void>;
};

export type LoopOptions = {
  readonly serving: Served;
  readonly readCheckpoint: (folder: string) => Promise<Checkpoint>;
  /** Asks for another turn, after messages that came meanwhile have been read. */
  readonly nextTurn: (turn: () => void) => void;
  readonly done: (id: number, result: Result) => void;
  readonly failed: (id: number, failure: Failure) => void;
  readonly memory: () => Pick<ComputeStats, 'rssBytes' | 'tensors'>;
};

type Waiting = { readonly id: number; readonly command: Command };
type Adoption = { readonly id: number; readonly steps: Steps<void> };

/** An error as the other side gets it. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return { code: typeof code === 'string' ? code : 'ERR_COMPUTE_FAILED', message };
}

export class InferenceLoop {
  readonly #options: LoopOptions;
  readonly #queue: Waiting[] = [];
  readonly #adoptions: Adoption[] = [];
  /** Swaps read their files one after the other, so that they are adopted in the order of the calls. */
  #reading: Promise<void> = Promise.resolve();
  #turning = false;
  #windows = 0;
  #batches = 0;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  push(id: number, command: Command): void {
    this.#queue.push({ id, command });
    this.#wake();
  }

  #wake(): void {
    if (this.#turning || (this.#queue.length === 0 && this.#adoptions.length === 0)) return;
    this.#turning = true;
    this.#options.nextTurn(() => {
      this.#turning = false;
      this.#turn();
      this.#wake();
    });
  }

  #turn(): void {
    const pairs = this.#takeWindows();
    if (pairs.length > 0) this.#infer(pairs);
    else {
      const next = this.#queue.shift();
      if (next) this.#attempt(next.id, () => this.#apply(next));
    }
    this.#advance();
  }

  /** The windows at the head of the queue: nothing overtakes a command that came before. */
  #takeWindows(): readonly { id: number; pair: Pair }[] {
    const windows: { id: number; pair: Pair }[] = [];
    for (const { id, command } of this.#queue) {
      if (command.type !== 'infer' || windows.length === LARGEST_BATCH) break;
      windows.push({ id, pair: command.pair });
    }
    this.#queue.splice(0, windows.length);
    return windows;
  }

  #infer(windows: readonly { id: number; pair: Pair }[]): void {
    try {
      const answers = this.#options.serving.infer(windows.map(({ pair }) => pair));
      this.#windows += windows.length;
      this.#batches += 1;
      windows.forEach(({ id }, i) => {
        const answer = answers[i];
        if (answer) this.#options.done(id, { type: 'answer', answer });
      });
    } catch (error) {
      // One broken window must not cost the other sessions their answers.
      if (windows.length === 1) for (const { id } of windows) this.#options.failed(id, failureOf(error));
      else for (const window of windows) this.#infer([window]);
    }
  }

  #apply({ id, command }: Waiting): void {
    const { serving, memory, done } = this.#options;
    switch (command.type) {
      case 'embed':
        done(id, { type: 'embedded', embedding: serving.embed(command.pair) });
        break;
      case 'learn':
        done(id, { type: 'learned', learned: serving.learn(command.seq) });
        break;
      case 'suspects':
        done(id, { type: 'suspects', suspects: serving.suspects() });
        break;
      case 'thumbnails':
        done(id, { type: 'thumbnails', thumbnails: serving.thumbnails(command.seqs) });
        break;
      case 'rebuild':
        serving.rebuild();
        done(id, { type: 'applied' });
        break;
      case 'stats':
        done(id, {
          type: 'stats',
          stats: { ...memory(), windows: this.#windows, batches: this.#batches },
        });
        break;
      case 'swap':
        this.#swap(id, command.folder, command.version);
        break;
      case 'infer': // taken in batches before
        break;
    }
  }

  #swap(id: number, folder: string, version: number): void {
    const { readCheckpoint, serving } = this.#options;
    this.#reading = this.#reading.then(async () => {
      try {
        this.#adoptions.push({ id, steps: serving.adopt(await readCheckpoint(folder), version) });
        this.#wake();
      } catch (error) {
        this.#options.failed(id, failureOf(error));
      }
    });
  }

  /** One step of the oldest swap. */
  #advance(): void {
    const [adoption] = this.#adoptions;
    if (!adoption) return;
    this.#attempt(
      adoption.id,
      () => {
        if (!adoption.steps.next().done) return;
        this.#adoptions.shift();
        this.#options.done(adoption.id, { type: 'applied' });
      },
      () => this.#adoptions.shift(),
    );
  }

  #attempt(id: number, work: () => void, onError: () => void = () => undefined): void {
    try {
      work();
    } catch (error) {
      onError();
      this.#options.failed(id, failureOf(error));
    }
  }
}
