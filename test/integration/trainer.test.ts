/** The real trainer process on a real journal: refusals in words, a promotion, the same weights twice; and its deaths. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { micros, millis } from '../../proto/units.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { readCheckpoint, writeInitialCheckpoint } from '../../server/compute/checkpoint.ts';
import type { RoundProgress, RoundRequest, RoundResult, Trainer } from '../../server/compute/ports.ts';
import { startTrainer } from '../../server/compute/trainer-client.ts';
import type { FeedbackLog } from '../../server/store/ports.ts';
import { openFeedbackLog } from '../../server/store/sqlite-feedback-log.ts';
import type { Split } from '../../src/journal.ts';
import { labelOf, type Sides, sampleOf } from '../support/compute-windows.ts';

const FEATURES = 'feature-hash';
const clock = { monotonic: () => micros(0), wall: () => millis(0) };
const library = (await openBackend('graph')).report;
/** The fastest there is: graph where TensorFlow is installed. */
const backend = library.backend === 'wasm' ? 'wasm' : 'graph';

class Rig {
  readonly folder: string;
  readonly log: FeedbackLog;
  readonly progress: RoundProgress[] = [];
  readonly #trainers: Trainer[] = [];
  #labels = 0;
  #staged = 0;

  private constructor(folder: string, log: FeedbackLog) {
    this.folder = folder;
    this.log = log;
  }

  static async open(): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), 'counterpoise-trainer-'));
    const log = await openFeedbackLog({ path: join(folder, 'journal'), featureHash: FEATURES, clock });
    await writeInitialCheckpoint(join(folder, 'v0'), 7, FEATURES);
    for (const name of ['door', 'cat']) {
      const [id, classId] = [`add-${name}`, `class-${name}`];
      await log.append({ type: 'class-add', id, classId, name, colour: '#000000' });
    }
    return new Rig(folder, log);
  }

  async label(name: 'door' | 'cat', sides: Sides = 'both', split: Split = 'train'): Promise<void> {
    const n = this.#labels++;
    const kind = name === 'door' ? 0 : 2;
    const samples = [0, 1, 2, 3].map((i) => sampleOf(kind, 1000 + 10 * n + i, sides));
    await this.log.append({ ...labelOf(`class-${name}`, n), split }, samples);
  }

  async teach(spans: number): Promise<void> {
    for (let i = 0; i < spans; i++) for (const name of ['door', 'cat'] as const) await this.label(name);
  }

  trainer(program?: URL): Trainer {
    const setting = { backend, journal: join(this.folder, 'journal'), featureHash: FEATURES } as const;
    const trainer = startTrainer(program ? { ...setting, program } : setting);
    this.#trainers.push(trainer);
    return trainer;
  }

  async request(change: Partial<RoundRequest> = {}): Promise<RoundRequest> {
    return {
      round: 1,
      baseFolder: join(this.folder, 'v0'),
      baseVersion: 0,
      lastSeq: (await this.log.entries()).length,
      seed: 5,
      steps: 4,
      policy: 'uni-modal-pmr',
      stagedFolder: join(this.folder, `staged-${this.#staged++}`),
      ...change,
    };
  }

  run(trainer: Trainer, request: RoundRequest): Promise<RoundResult> {
    return trainer.run(request, (progress) => this.progress.push(progress));
  }

  async close(): Promise<void> {
    for (const trainer of this.#trainers) await trainer.close();
    await this.log.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function weightsDigest(folder: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(join(folder, 'weights.bin')))
    .digest('hex');
}

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.open();
});
afterEach(() => rig.close());

describe(`startTrainer on ${backend}`, () => {
  it('does nothing until every taught class has three spans, and says what is missing', async () => {
    await rig.teach(1);
    await rig.label('door');
    const result = await rig.run(rig.trainer(), await rig.request());
    expect(result).toEqual({
      type: 'nothing',
      verdict: "1 more span of 'door', 2 more spans of 'cat' before encoders are trained",
      balance: { rho: null, beta: 0, gamma: 0 },
    });
  });

  it('promotes a candidate that learned from a few spans, and writes a checkpoint that can be read', async () => {
    await rig.teach(4);
    const trainer = rig.trainer();
    const request = await rig.request({ steps: 40 });
    const result = await rig.run(trainer, request);
    if (result.type !== 'candidate') throw new Error(`expected a candidate: ${JSON.stringify(result)}`);
    expect(result.verdict).toMatch(
      /^promoted: \d+ of 8 held-out windows right, was \d+(, and surer on the whole)? \(thin evidence\)$/,
    );
    expect(result.thinEvidence).toBe(true);
    expect(result.heldOut.fused).toBeGreaterThanOrEqual(result.championHeldOut.fused);
    const checkpoint = await readCheckpoint(request.stagedFolder, FEATURES);
    expect(checkpoint.classifier.appliedSeq).toBe(request.lastSeq);
    expect(checkpoint.classifier.head?.classIds).toEqual(['class-door', 'class-cat']);
    expect(checkpoint.classifier.audio.taught.positives.get('class-door')).toHaveLength(16);
    expect(checkpoint.notes).toMatchObject({
      origin: 'round',
      round: 1,
      seed: 5,
      steps: 40,
      trainedSteps: 40,
    });
    expect(rig.progress.filter(({ phase }) => phase === 'training').map(({ step }) => step)).toEqual(
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    expect(rig.progress.at(-1)?.phase).toBe('judging');
  });

  it('is a function of the journal prefix, the base and the seed: the same weights bit for bit', async () => {
    await rig.teach(3);
    await rig.label('door', 'audio');
    const first = await rig.request();
    const results: RoundResult[] = [];
    const folders: string[] = [];
    const runOnce = async (trainer: Trainer, change: Partial<RoundRequest> = {}): Promise<void> => {
      const request = await rig.request({ lastSeq: first.lastSeq, ...change });
      folders.push(request.stagedFolder);
      results.push(await rig.run(trainer, request));
    };
    const trainer = rig.trainer();
    await runOnce(trainer);
    await runOnce(trainer);
    await rig.teach(2); // later labels are not read
    await runOnce(rig.trainer());
    await runOnce(trainer, { seed: 6 });
    expect(results.map(({ type }) => type)).toEqual(['candidate', 'candidate', 'candidate', 'candidate']);
    const [one, again, elsewhere, otherSeed] = await Promise.all(folders.map(weightsDigest));
    expect(again).toBe(one);
    expect(elsewhere).toBe(one);
    expect(otherSeed).not.toBe(one);
    expect(results[1]).toEqual(results[0]);
  });

  it.each(['head-only', 'ogm-ge', 'mmpareto', 'published-pmr', 'pmr-stream', 'audio-only'] as const)(
    'runs a round by %s, and says by what in the checkpoint',
    async (policy) => {
      await rig.teach(3);
      const request = await rig.request({ policy, steps: 2 });
      const result = await rig.run(rig.trainer(), request);
      expect(['candidate', 'rejected']).toContain(result.type);
      expect(result.balance.rho === null).toBe(policy === 'audio-only');
      if (result.type !== 'candidate') return;
      const { notes } = await readCheckpoint(request.stagedFolder, FEATURES);
      expect(notes).toMatchObject({ policy, trainedSteps: 2 });
    },
  );

  it.each(['sum', 'film', 'gated'] as const)('trains a %s head, and goes on from it', async (fusion) => {
    await rig.teach(3);
    const trainer = rig.trainer();
    const first = join(rig.folder, fusion);
    await writeInitialCheckpoint(first, 7, FEATURES, { fusion });
    const request = await rig.request({ baseFolder: first, policy: 'joint-uni-modal', steps: 10 });
    const result = await rig.run(trainer, request);
    if (result.type !== 'candidate') throw new Error(`expected a candidate: ${JSON.stringify(result)}`);
    const made = await readCheckpoint(request.stagedFolder, FEATURES);
    expect([made.fusion, made.classifier.head?.fusion]).toEqual([fusion, fusion]);
    // A graph that fails its self-check would have turned the backend eager.
    expect(made.notes.backend).toBe(backend);
    const next = await rig.request({ baseFolder: request.stagedFolder, baseVersion: 1, steps: 2 });
    expect(['candidate', 'rejected']).toContain((await rig.run(trainer, next)).type);
  });

  it('takes one round at a time', async () => {
    await rig.teach(3);
    const trainer = rig.trainer();
    const running = rig.run(trainer, await rig.request());
    const second = rig.run(trainer, await rig.request());
    await expect(second).rejects.toMatchObject({ code: 'ERR_COMPUTE_BUSY' });
    await running;
  });

  it('fails the round, with the reason, when the base cannot be read', async () => {
    await rig.teach(3);
    const request = await rig.request({ baseFolder: join(rig.folder, 'nowhere') });
    const round = rig.run(rig.trainer(), request);
    await expect(round).rejects.toMatchObject({
      code: 'ERR_COMPUTE_FAILED',
      message: expect.stringContaining('ERR_CHECKPOINT_FORMAT'),
    });
    expect((await readdir(rig.folder)).some((name) => name.startsWith('staged'))).toBe(false);
  });
});

describe('startTrainer with a process that dies', () => {
  const dying = new URL('../support/trainer-dying.ts', import.meta.url);

  it.skipIf(backend === 'wasm')('goes to wasm after the library ended its process', async () => {
    const trainer = rig.trainer(dying);
    await expect(rig.run(trainer, await rig.request())).rejects.toMatchObject({ code: 'ERR_COMPUTE_DIED' });
    expect(await rig.run(trainer, await rig.request())).toMatchObject({ verdict: 'on wasm' });
  });

  it('rejects the running round and starts anew with the next', async () => {
    const setting = { backend: 'wasm', journal: join(rig.folder, 'journal'), featureHash: FEATURES } as const;
    const trainer = startTrainer({ ...setting, program: dying });
    expect(await rig.run(trainer, await rig.request())).toMatchObject({ type: 'nothing' });
    const killed = rig.run(trainer, await rig.request({ round: 13 }));
    await expect(killed).rejects.toMatchObject({
      code: 'ERR_COMPUTE_DIED',
      message: 'the trainer process ended (SIGKILL); serving is untouched, the next round starts another',
    });
    expect(await rig.run(trainer, await rig.request())).toMatchObject({ type: 'nothing' });
    const failed = rig.run(trainer, await rig.request({ round: 15 }));
    await expect(failed).rejects.toMatchObject({
      code: 'ERR_COMPUTE_FAILED',
      message: 'ERR_CHECKPOINT_DIGEST: damaged',
    });
    const hanging = rig.run(trainer, await rig.request({ round: 14 }));
    await Promise.all([
      expect(hanging).rejects.toMatchObject({ code: 'ERR_COMPUTE_CLOSED' }),
      trainer.close(),
    ]);
    await trainer.close();
    const late = rig.run(trainer, await rig.request());
    await expect(late).rejects.toMatchObject({ code: 'ERR_COMPUTE_CLOSED' });
  });
});
