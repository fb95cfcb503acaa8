/** The real inference process, as the gateway sees it: answers, lessons, undo, swap, death. */
import { fork } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { micros, millis } from '../../proto/units.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { writeInitialCheckpoint } from '../../server/compute/checkpoint.ts';
import type { InferenceEvent, InferenceOptions } from '../../server/compute/inference-client.ts';
import { startInference } from '../../server/compute/inference-client.ts';
import type { Answer, Inference, Learned } from '../../server/compute/ports.ts';
import type { FeedbackLog } from '../../server/store/ports.ts';
import { openFeedbackLog } from '../../server/store/sqlite-feedback-log.ts';
import { labelOf, pairOf, sampleOf } from '../support/compute-windows.ts';

const FEATURES = 'feature-hash';
const clock = { monotonic: () => micros(0), wall: () => millis(0) };
const classOf = (kind: number): string => `class-${kind}`;

/** A project's folder with its journal and the processes started on it. */
class Rig {
  readonly folder: string;
  readonly log: FeedbackLog;
  readonly events: InferenceEvent[] = [];
  readonly #open: Inference[] = [];
  #labels = 0;

  private constructor(folder: string, log: FeedbackLog) {
    this.folder = folder;
    this.log = log;
  }

  static async open(): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), 'counterpoise-compute-'));
    const log = await openFeedbackLog({ path: join(folder, 'journal'), featureHash: FEATURES, clock });
    for (const version of [0, 1])
      await writeInitialCheckpoint(join(folder, `v${version}`), 7 + version, FEATURES);
    for (const kind of [0, 1, 2]) {
      const [id, classId] = [`add-${kind}`, classOf(kind)];
      await log.append({ type: 'class-add', id, classId, name: classId, colour: '#000000' });
    }
    return new Rig(folder, log);
  }

  checkpoint(version: number): string {
    return join(this.folder, `v${version}`);
  }

  async start(options: Partial<InferenceOptions> = {}): Promise<Inference> {
    const inference = await startInference({
      backend: 'wasm',
      journal: join(this.folder, 'journal'),
      featureHash: FEATURES,
      folder: this.checkpoint(0),
      version: 0,
      onEvent: (event) => this.events.push(event),
      ...options,
    });
    this.#open.push(inference);
    return inference;
  }

  /** Appends a label of four samples; gives its sequence number and id. */
  async append(kind: number): Promise<{ seq: number; id: string }> {
    const n = this.#labels++;
    const label = labelOf(classOf(kind), n);
    const samples = [0, 1, 2, 3].map((i) => sampleOf(kind, 1000 + 10 * n + i));
    return { seq: (await this.log.append(label, samples)).seq, id: label.id };
  }

  async teach(inference: Inference, kind: number): Promise<Learned> {
    return inference.learn((await this.append(kind)).seq);
  }

  pid(): number {
    const started = this.events.findLast(({ type }) => type === 'inference-started');
    return started?.type === 'inference-started' ? started.pid : 0;
  }

  async close(): Promise<void> {
    for (const inference of this.#open) await inference.close();
    await this.log.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.open();
});
afterEach(() => rig.close());

const library = (await openBackend('graph')).report;
const missing = library.backend === 'wasm';

describe.each(['wasm', 'graph'] as const)('startInference on %s', (backend) => {
  describe.skipIf(backend === 'graph' && missing)(
    `serves${missing ? ` (graph: ${library.reason})` : ''}`,
    () => {
      it('knows nothing at first, and a label from the next prediction on', async () => {
        const inference = await rig.start({ backend });
        expect(inference.report.backend).toBe(backend);
        const before = await inference.infer(pairOf(0, 1));
        expect(before).toMatchObject({ answer: null, fused: [0, 0, 0], modelVersion: 0 });
        const { scored, effects } = await rig.teach(inference, 0);
        expect(scored).toHaveLength(4);
        expect(scored[0]).toEqual({
          fused: null,
          audio: null,
          video: null,
          audioScore: null,
          videoScore: null,
        });
        expect(effects.map(({ modality, before: b, after }) => [modality, b, after])).toEqual([
          ['audio', 0, 1],
          ['video', 0, 1],
        ]);
        expect((await inference.infer(pairOf(0, 2))).answer).toBe(classOf(0));
      });

      it('tells taught classes apart, and carries on with one side missing', async () => {
        const inference = await rig.start({ backend });
        for (const kind of [0, 1, 2]) await rig.teach(inference, kind);
        for (const kind of [0, 1, 2]) {
          const both = await inference.infer(pairOf(kind, 10 + kind));
          expect(both.answer).toBe(classOf(kind));
          expect(sum(both.fused)).toBeCloseTo(1, 9);
          const sound = await inference.infer(pairOf(kind, 20 + kind, 'audio'));
          expect(sound.audio.answer).toBe(classOf(kind));
          expect(sound.video).toMatchObject({ signal: 'missing', weight: 0, probabilities: [] });
        }
      });

      it('scores a label before it learns it', async () => {
        const inference = await rig.start({ backend });
        await rig.teach(inference, 0);
        await rig.teach(inference, 1);
        const { scored } = await rig.teach(inference, 1);
        expect(scored.map(({ fused }) => fused)).toEqual(new Array(4).fill(classOf(1)));
        for (const { audioScore } of scored) expect(audioScore).toBeGreaterThan(0.5);
      });

      it('takes an undone label’s whole effect back, and a fresh process says the same', async () => {
        const inference = await rig.start({ backend });
        await rig.teach(inference, 0);
        await rig.teach(inference, 1);
        const wrong = await rig.append(2);
        await inference.learn(wrong.seq);
        await rig.log.append({ type: 'undo', id: 'undo', labelId: wrong.id });
        await inference.rebuild();
        const here = await inference.infer(pairOf(2, 5));
        const fresh = await (await rig.start({ backend })).infer(pairOf(2, 5));
        expect(here.fused[2]).toBe(0);
        here.fused.forEach((p, i) => {
          expect(p).toBeCloseTo(fresh.fused[i] ?? -1, 6);
        });
        expect(here.appliedSeq).toBe(fresh.appliedSeq);
      });

      it('swaps under load without losing a window, an order or a correction', async () => {
        const inference = await rig.start({ backend });
        for (const kind of [0, 1, 2, 0, 1, 2]) await rig.teach(inference, kind);
        const answers: Promise<Answer>[] = [];
        const lessons: { seq: number; learned: Promise<Learned>; answersBefore: number }[] = [];
        let swapped = false;
        const swap = inference.swap(rig.checkpoint(1), 1).then(() => {
          swapped = true;
        });
        for (let i = 0; !swapped || i < 12; i++) {
          answers.push(inference.infer(pairOf(i % 3, 100 + i)));
          if (i % 4 === 0) {
            const { seq } = await rig.append(i % 3);
            lessons.push({ seq, learned: inference.learn(seq), answersBefore: answers.length });
          }
          await answers.at(-1);
        }
        await swap;
        answers.push(inference.infer(pairOf(0, 999)));
        const all = await Promise.all(answers);
        const versions = all.map(({ modelVersion }) => modelVersion);
        expect(versions).toEqual(versions.toSorted());
        expect([versions[0], versions.at(-1)]).toEqual([0, 1]);
        for (const { seq, learned, answersBefore } of lessons) {
          expect((await learned).scored).toHaveLength(4);
          for (const { appliedSeq } of all.slice(answersBefore))
            expect(appliedSeq).toBeGreaterThanOrEqual(seq);
        }
        // What the new model knows is what a replay of the journal gives it.
        const fresh = await rig.start({ backend, folder: rig.checkpoint(1), version: 1 });
        await inference.rebuild();
        const [a, b] = [await inference.infer(pairOf(1, 500)), await fresh.infer(pairOf(1, 500))];
        expect([a.answer, a.appliedSeq]).toEqual([b.answer, b.appliedSeq]);
      });

      it('comes back from SIGKILL with the champion and every lesson', async () => {
        const inference = await rig.start({ backend });
        for (const kind of [0, 1, 2]) await rig.teach(inference, kind);
        await inference.swap(rig.checkpoint(1), 1);
        const pending = inference.infer(pairOf(0, 1)).then(
          () => 'answered',
          (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
        );
        process.kill(rig.pid(), 'SIGKILL');
        expect(['answered', 'ERR_COMPUTE_DIED']).toContain(await pending);
        await vi.waitFor(() => expect(rig.events.at(-1)?.type).toBe('inference-started'), {
          timeout: 60_000,
        });
        const answer = await inference.infer(pairOf(1, 2));
        expect(answer).toMatchObject({ answer: classOf(1), modelVersion: 1 });
        expect(rig.events.map(({ type }) => type)).toEqual([
          'inference-started',
          'inference-died',
          'inference-started',
        ]);
      });

      it('keeps its tensors over batches, lessons and swaps', async () => {
        const inference = await rig.start({ backend });
        await rig.teach(inference, 0);
        await inference.infer(pairOf(0, 1));
        const before = await inference.stats();
        for (const version of [1, 0, 1]) {
          await inference.swap(rig.checkpoint(version), version);
          await rig.teach(inference, 1);
          await Promise.all([1, 2, 3].map((i) => inference.infer(pairOf(0, i))));
        }
        const after = await inference.stats();
        expect(after.tensors).toBe(before.tensors);
        expect(after.windows).toBe(before.windows + 3 * 3);
      });
    },
  );
});

describe('startInference', () => {
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'resolved',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );

  it('rejects pending calls with ERR_COMPUTE_DIED when the process dies', async () => {
    const inference = await rig.start();
    process.kill(rig.pid(), 'SIGSTOP'); // so that the call is surely open when it dies
    const pending = codeOf(inference.infer(pairOf(0, 1)));
    process.kill(rig.pid(), 'SIGKILL');
    expect(await pending).toBe('ERR_COMPUTE_DIED');
  });

  it('asks the next process for a lesson that was open when the last one died', async () => {
    const inference = await rig.start();
    await rig.teach(inference, 0);
    const { seq } = await rig.append(1);
    process.kill(rig.pid(), 'SIGSTOP'); // so that the call is surely open when it dies
    const pending = inference.learn(seq);
    process.kill(rig.pid(), 'SIGKILL');
    expect((await pending).scored).toHaveLength(4);
    expect(await inference.infer(pairOf(1, 2))).toMatchObject({ answer: classOf(1) });
  });

  it('refuses more open calls than its bound with ERR_COMPUTE_BUSY', async () => {
    const inference = await rig.start({ maxPending: 2 });
    const calls = [1, 2, 3].map((i) => codeOf(inference.infer(pairOf(0, i))));
    expect(await Promise.all(calls)).toEqual(['resolved', 'resolved', 'ERR_COMPUTE_BUSY']);
  });

  it('answers a journal entry that is no label with ERR_COMPUTE_LABEL', async () => {
    const inference = await rig.start();
    expect(await codeOf(inference.learn(1))).toBe('ERR_COMPUTE_LABEL'); // a class
    expect(await codeOf(inference.learn(999))).toBe('ERR_COMPUTE_LABEL'); // nothing
  });

  it('answers a window of another size with ERR_COMPUTE_FAILED, and the next one as ever', async () => {
    const inference = await rig.start();
    const pair = pairOf(0, 1);
    const broken = { ...pair, audio: pair.audio && { ...pair.audio, mel: new Float32Array(5) } };
    const codes = [inference.infer(pairOf(0, 2)), inference.infer(broken), inference.infer(pairOf(0, 3))];
    expect(await Promise.all(codes.map(codeOf))).toEqual(['resolved', 'ERR_COMPUTE_FAILED', 'resolved']);
  });

  it('refuses a damaged checkpoint, at start and as a swap, and serves on with the old one', async () => {
    const damaged = join(rig.folder, 'damaged');
    await cp(rig.checkpoint(1), damaged, { recursive: true });
    await writeFile(join(damaged, 'weights.bin'), 'nothing');
    expect(await codeOf(rig.start({ folder: damaged }))).toBe('ERR_COMPUTE_FAILED');
    expect(await codeOf(rig.start({ featureHash: 'another' }))).toBe('ERR_COMPUTE_FAILED');
    const inference = await rig.start();
    await expect(inference.swap(damaged, 1)).rejects.toThrow('ERR_CHECKPOINT_DIGEST');
    expect((await inference.infer(pairOf(0, 1))).modelVersion).toBe(0);
  });

  it('answers nothing after close, which can be called twice and leaves no process', async () => {
    const inference = await rig.start();
    const pending = codeOf(inference.swap(rig.checkpoint(1), 1));
    await inference.close();
    await inference.close();
    expect(await pending).toBe('ERR_COMPUTE_CLOSED');
    expect(await codeOf(inference.infer(pairOf(0, 1)))).toBe('ERR_COMPUTE_CLOSED');
    expect(isGone(rig.pid())).toBe(true);
  });

  it('takes wasm where TensorFlow ends the process while it loads', async () => {
    const entry = new URL('../support/inference-dying.ts', import.meta.url);
    const inference = await rig.start({ backend: 'auto', entry });
    expect(inference.report).toMatchObject({
      backend: 'wasm',
      reason: 'TensorFlow ended its process (SIGKILL)',
    });
    expect((await inference.infer(pairOf(0, 1))).modelVersion).toBe(0);
    expect(await codeOf(rig.start({ backend: 'wasm', entry, version: 13 }))).toBe('ERR_COMPUTE_DIED');
  });

  it('leaves no process behind when its parent is killed', async () => {
    const parent = fork(new URL('../support/inference-parent.ts', import.meta.url), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    const started = new Promise<unknown>((resolve) => parent.once('message', resolve));
    parent.send({ journal: join(rig.folder, 'journal'), featureHash: FEATURES, folder: rig.checkpoint(0) });
    const pid = await started;
    if (typeof pid !== 'number') throw new Error(`expected a process id, got ${String(pid)}`);
    expect(isGone(pid)).toBe(false);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isGone(pid)).toBe(true), { timeout: 10_000 });
  });
});
