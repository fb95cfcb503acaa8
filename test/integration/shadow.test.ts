/** The shadow process: both policies over a real journal, by real training, beside a server that knows nothing of it. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../server/compute/backend.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import { FEATURE_HASH } from '../../server/feature-hash.ts';
import { folderOf } from '../../server/replay/recording.ts';
import type { Shadow, ShadowProgress } from '../../server/shadow/ports.ts';
import { startShadow } from '../../server/shadow/shadow-client.ts';
import { openJournalReader } from '../../server/store/journal-reader.ts';
import { type RecordedProject, recordProject } from '../support/recorded-project.ts';

limitThreads();
const { report } = await openBackend('auto');

let project: RecordedProject;
let journal: string;
let lastSeq = 0;
const open: Shadow[] = [];

beforeAll(async () => {
  const course = { seed: 7, steps: 2, followUps: 0, spans: 5, policy: 'uni-modal-pmr' } as const;
  project = await recordProject({ ...course, report });
  journal = join(project.folder, 'journal.sqlite');
  const reader = openJournalReader(journal, FEATURE_HASH);
  lastSeq = reader.entries().at(-1)?.seq ?? 0;
  reader.close();
});

afterAll(async () => {
  for (const shadow of open) await shadow.close();
  await project?.remove();
});

const setting = () => ({
  ...{ backend: report.backend, journal, featureHash: FEATURE_HASH, seed: 7 },
  first: folderOf(join(project.folder, 'models'), 0),
});

/** Follows the journal up to a place; all that is told until it has come there. */
function followed(upTo: number, labels: number): Promise<readonly ShadowProgress[]> {
  return new Promise((resolve, reject) => {
    const told: ShadowProgress[] = [];
    const shadow = startShadow({
      ...setting(),
      onProgress: (progress) => {
        told.push(progress);
        if (progress.done === labels && progress.total === labels) resolve(told);
      },
      onFailed: (reason) => reject(new Error(reason)),
    });
    open.push(shadow);
    shadow.follow(upTo, false);
  });
}

describe(`the shadow on ${report.backend}`, () => {
  it('scores every label by both policies before it is learned, the same each time', async () => {
    const told = await followed(lastSeq, 10);
    expect(told[0]).toEqual({ scores: [{ on: 0, off: 0 }], done: 1, total: 10 }); // nobody knows a first class
    const last = told.at(-1);
    expect(last?.scores).toHaveLength(10);
    expect(last?.scores.at(-1)?.on).toBeGreaterThan(0);
    expect((await followed(lastSeq, 10)).at(-1)).toEqual(last);
  });

  it('ends with its close, and says nothing more', async () => {
    const told: ShadowProgress[] = [];
    const shadow = startShadow({
      ...setting(),
      onProgress: (progress) => void told.push(progress),
      onFailed: () => undefined,
    });
    shadow.follow(lastSeq, false);
    await shadow.close();
    await shadow.close();
    shadow.follow(lastSeq, false);
    expect(told).toEqual([]);
  });

  it('is started again after it died, but not for ever', async () => {
    const reasons: string[] = [];
    const died: (() => void)[] = [];
    const shadow = startShadow({
      ...setting(),
      program: new URL('../support/shadow-dying.ts', import.meta.url),
      onProgress: () => undefined,
      onFailed: (reason) => {
        reasons.push(reason);
        died.shift()?.();
      },
    });
    open.push(shadow);
    for (let i = 0; i < 3; i++) {
      const next = new Promise<void>((resolve) => died.push(resolve));
      shadow.follow(1, false);
      await next;
    }
    shadow.follow(1, false);
    expect(reasons).toEqual([
      'its process ended (SIGKILL); the next label starts another',
      'its process ended (SIGKILL); the next label starts another',
      'its process ended (SIGKILL); it is not started again',
    ]);
  });
});
