/**
 * The product's central claim, through the real journal and the real trainer process: a dozen minutes' worth of labels turn
 * random encoders into ones that know other voices and other pictures; prototypes on random encoders do not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { micros, millis } from '../../proto/units.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { readCheckpoint, writeInitialCheckpoint } from '../../server/compute/checkpoint.ts';
import { embedWith } from '../../server/compute/embed-samples.ts';
import { Embedder } from '../../server/compute/embedder.ts';
import type { RoundResult } from '../../server/compute/ports.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import { startTrainer } from '../../server/compute/trainer-client.ts';
import { openFeedbackLog } from '../../server/store/sqlite-feedback-log.ts';
import type { Embed } from '../../src/training/judging.ts';
import { type Course, courseOf, prototypesOnly, type Scores, scoreCourse } from '../support/course.ts';

const FEATURES = 'feature-hash';
const SEED = 1; // tuning was done on seeds above 100
const ROUNDS = 4;
const STEPS = 100;

limitThreads();
const backend = await openBackend('auto');
const slow = backend.report.backend === 'wasm'; // three to five times the time: the bench covers it

let folder: string;
let embed: Embed;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-learning-'));
  embed = embedWith(await Embedder.open(backend));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Appends the course's classes and labels; gives the last sequence number. */
async function teach(path: string, course: Course): Promise<number> {
  const clock = { monotonic: () => micros(0), wall: () => millis(0) };
  const log = await openFeedbackLog({ path, featureHash: FEATURES, clock });
  for (const { id, name, colour } of course.classes)
    await log.append({ type: 'class-add', id: `add-${id}`, classId: id, name, colour });
  let last = 0;
  for (const { seq, ...label } of course.labels) last = (await log.append(label, course.samplesOf(seq))).seq;
  await log.close();
  return last;
}

async function scoresOf(course: Course, checkpointFolder: string): Promise<Scores> {
  const { encoders, classifier } = await readCheckpoint(checkpointFolder, FEATURES);
  return scoreCourse(course, classifier, [...encoders.audio, ...encoders.video], embed);
}

describe.skipIf(slow)('rounds on a generated clip, from random weights', () => {
  it('learn sound and picture well enough to know strangers', async () => {
    const course = courseOf({ seed: SEED });
    const journal = join(folder, 'journal');
    const lastSeq = await teach(journal, course);
    let base = join(folder, 'v0');
    await writeInitialCheckpoint(base, SEED, FEATURES);
    const random = (await readCheckpoint(base, FEATURES)).encoders;
    const untrained = [...random.audio, ...random.video];
    const before = scoreCourse(course, prototypesOnly(course, untrained, embed), untrained, embed);

    const trainer = startTrainer({ backend: backend.report.backend, journal, featureHash: FEATURES });
    const results: RoundResult[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const stagedFolder = join(folder, `staged-${round}`);
      const request = {
        round,
        baseFolder: base,
        baseVersion: 0,
        lastSeq,
        seed: SEED + round,
        steps: STEPS,
        policy: 'uni-modal-pmr' as const,
        stagedFolder,
      };
      const result = await trainer.run(request, () => undefined);
      if (result.type === 'candidate') base = stagedFolder;
      results.push(result);
    }
    await trainer.close();

    const after = await scoresOf(course, base);
    console.info(JSON.stringify({ before, after, verdicts: results.map(({ verdict }) => verdict) }));
    expect(results[0]?.type).toBe('candidate');
    expect(before.fused).toBeLessThan(0.8);
    expect(after.fused).toBeGreaterThanOrEqual(0.95);
    expect(after.audio).toBeGreaterThanOrEqual(0.85);
    expect(after.video).toBeGreaterThanOrEqual(0.9);
  });
});
