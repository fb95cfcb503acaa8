import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../server/compute/checkpoint.ts';
import type { Served } from '../../../server/compute/inference-loop.ts';
import { failureOf, InferenceLoop } from '../../../server/compute/inference-loop.ts';
import type { Command, Failure, Result } from '../../../server/compute/inference-messages.ts';
import type { Answer } from '../../../server/compute/ports.ts';
import { ComputeError } from '../../../server/errors.ts';
import { answer } from '../../../src/model/answer.ts';
import { createClassifier } from '../../../src/model/classifier.ts';
import { pairOf } from '../../support/compute-windows.ts';

const checkpoint: Checkpoint = {
  featureHash: 'f',
  fusion: 'concat',
  encoders: { audio: [], video: [] },
  classifier: createClassifier({ width: 2, modelVersion: 0 }),
  notes: {},
};

function answerOf(index: number): Answer {
  const pair = pairOf(0, index);
  const state = createClassifier({ width: 2, modelVersion: 0 });
  return answer(state, {
    ...pair,
    zAudio: null,
    zVideo: null,
    signals: { audio: 'missing', video: 'missing' },
  });
}

/** A loop whose turns are taken by hand, over a model that writes down what it is asked. */
class Bench {
  readonly asked: string[] = [];
  readonly done: string[] = [];
  readonly failed: [number, Failure][] = [];
  /** Windows at these places of the grid cannot be answered. */
  readonly broken = new Set<number>();
  steps = 2;
  readonly #turns: (() => void)[] = [];
  readonly loop: InferenceLoop;

  constructor() {
    const serving: Served = {
      infer: (pairs) => {
        this.asked.push(`infer ${pairs.map(({ index }) => index).join(' ')}`);
        if (pairs.some(({ index }) => this.broken.has(index))) throw new Error('broken');
        return pairs.map(({ index }) => answerOf(index));
      },
      embed: ({ index }) => {
        this.asked.push(`embed ${index}`);
        return { audio: null, video: Float32Array.of(index) };
      },
      learn: (seq) => {
        this.asked.push(`learn ${seq}`);
        if (seq < 0) throw new ComputeError('ERR_COMPUTE_LABEL', 'no such label');
        return { effects: [], scored: [] };
      },
      suspects: () => {
        this.asked.push('suspects');
        return [];
      },
      thumbnails: (seqs) => seqs.map(() => Uint8Array.of(7)),
      rebuild: () => {
        this.asked.push('rebuild');
      },
      adopt: function* (this: Bench, _: Checkpoint, version: number) {
        for (let step = 1; step <= this.steps; step++) {
          this.asked.push(`step ${step} of ${version}`);
          yield;
        }
        this.asked.push(`adopt ${version}`);
      }.bind(this),
    };
    this.loop = new InferenceLoop({
      serving,
      readCheckpoint: async (folder) => {
        if (folder === 'damaged') throw new Error('damaged');
        return checkpoint;
      },
      nextTurn: (turn) => this.#turns.push(turn),
      done: (id, result: Result) => this.done.push(`${id} ${result.type}`),
      failed: (id, failure) => this.failed.push([id, failure]),
      memory: () => ({ rssBytes: 5, tensors: 6 }),
    });
  }

  push(...commands: readonly Command[]): void {
    commands.forEach((command, i) => {
      this.loop.push(i + 1, command);
    });
  }

  /** Takes one turn; false when none is asked for. */
  turn(): boolean {
    const turn = this.#turns.shift();
    turn?.();
    return turn !== undefined;
  }

  /** Takes turns, and lets files be read, until nothing more is asked for. */
  async settle(): Promise<void> {
    do {
      while (this.turn());
      await new Promise(setImmediate);
    } while (this.#turns.length > 0);
  }
}

const infer = (index: number): Command => ({ type: 'infer', pair: pairOf(0, index) });
const swap = (version: number, folder = 'folder'): Command => ({ type: 'swap', folder, version });

describe('InferenceLoop', () => {
  it('answers the windows that wait together in one batch', () => {
    const bench = new Bench();
    bench.push(infer(1), infer(2), infer(3));
    bench.turn();
    expect(bench.asked).toEqual(['infer 1 2 3']);
    expect(bench.done).toEqual(['1 answer', '2 answer', '3 answer']);
    expect(bench.turn()).toBe(false);
  });

  it('takes at most 16 at once', async () => {
    const bench = new Bench();
    bench.push(...Array.from({ length: 18 }, (_, i) => infer(i)));
    await bench.settle();
    expect(bench.asked.map((line) => line.split(' ').length - 1)).toEqual([16, 2]);
  });

  it('lets nothing overtake a command that came before', async () => {
    const bench = new Bench();
    bench.push(infer(1), { type: 'learn', seq: 7 }, infer(2), { type: 'rebuild' }, infer(3), infer(4));
    await bench.settle();
    expect(bench.asked).toEqual(['infer 1', 'learn 7', 'infer 2', 'rebuild', 'infer 3 4']);
    expect(bench.done).toEqual(['1 answer', '2 learned', '3 answer', '4 applied', '5 answer', '6 answer']);
  });

  it('goes on answering between the steps of a swap, and swaps between two batches', async () => {
    const bench = new Bench();
    bench.push(swap(3));
    bench.turn();
    await new Promise(setImmediate);
    bench.loop.push(2, infer(1));
    bench.turn();
    bench.loop.push(3, infer(2));
    bench.turn();
    bench.loop.push(4, infer(3));
    await bench.settle();
    expect(bench.asked).toEqual(['infer 1', 'step 1 of 3', 'infer 2', 'step 2 of 3', 'infer 3', 'adopt 3']);
    expect(bench.done.at(-1)).toBe('1 applied');
  });

  it('adopts in the order of the calls', async () => {
    const bench = new Bench();
    bench.push(swap(1), swap(2));
    await bench.settle();
    expect(bench.asked.filter((line) => line.startsWith('adopt'))).toEqual(['adopt 1', 'adopt 2']);
  });

  it('refuses a swap whose files cannot be read, and the next one goes on', async () => {
    const bench = new Bench();
    bench.push(swap(1, 'damaged'), swap(2));
    await bench.settle();
    expect(bench.failed).toEqual([[1, { code: 'ERR_COMPUTE_FAILED', message: 'damaged' }]]);
    expect(bench.done).toEqual(['2 applied']);
  });

  it('costs no other session its answer when one window is broken', async () => {
    const bench = new Bench();
    bench.broken.add(2);
    bench.push(infer(1), infer(2), infer(3));
    await bench.settle();
    expect(bench.done).toEqual(['1 answer', '3 answer']);
    expect(bench.failed.map(([id]) => id)).toEqual([2]);
  });

  it('hands the code of an error through and goes on', async () => {
    const bench = new Bench();
    bench.push({ type: 'learn', seq: -1 }, infer(1));
    await bench.settle();
    expect(bench.failed).toEqual([[1, { code: 'ERR_COMPUTE_LABEL', message: 'no such label' }]]);
    expect(bench.done).toEqual(['2 answer']);
  });

  it('counts windows and batches', async () => {
    const bench = new Bench();
    bench.push(infer(1), infer(2), { type: 'stats' });
    await bench.settle();
    expect(bench.done).toEqual(['1 answer', '2 answer', '3 stats']);
  });
});

describe('failureOf', () => {
  it('keeps a code and gives one to what has none', () => {
    expect(failureOf(new ComputeError('ERR_COMPUTE_TRACE', 'why'))).toEqual({
      code: 'ERR_COMPUTE_TRACE',
      message: 'why',
    });
    expect(failureOf('text')).toEqual({ code: 'ERR_COMPUTE_FAILED', message: 'text' });
  });
});
