/** A span that was forgotten counts as never given: in the weights, bit for bit, in `rebuild` and in `replay`. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseRebuild, rebuild } from '../../server/cli/rebuild.ts';
import { parseReplay, replay } from '../../server/cli/replay.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import { startTrainer } from '../../server/compute/trainer-client.ts';
import { FEATURE_HASH } from '../../server/feature-hash.ts';
import { weightsDigest } from '../../server/replay/compare-checkpoints.ts';
import { openJournalReader } from '../../server/store/journal-reader.ts';
import { type RecordedProject, recordProject } from '../support/recorded-project.ts';

limitThreads();
const { report } = await openBackend('auto');
const COURSE = { report, seed: 7, steps: 4, followUps: 0, spans: 4, policy: 'uni-modal-pmr' } as const;

let folder: string;
/** Two spans were given, learned from, forgotten, and everything learned again. */
let forgotten: RecordedProject;
/** The same labels without those two. */
let never: RecordedProject;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-forgotten-'));
  forgotten = await recordProject({ ...COURSE, intruders: 2 });
  never = await recordProject(COURSE);
});
afterAll(async () => {
  await forgotten?.remove();
  await never?.remove();
  await rm(folder, { recursive: true, force: true });
});

const journalOf = ({ folder: of }: RecordedProject): string => join(of, 'journal.sqlite');
const versionOf = ({ folder: of }: RecordedProject, name: string): string => join(of, 'models', name);

/** The second round's weights from a journal that never had the spans. */
async function secondRoundWithout(): Promise<string> {
  const trainer = startTrainer({
    backend: report.backend,
    journal: journalOf(never),
    featureHash: FEATURE_HASH,
  });
  const reader = openJournalReader(journalOf(never), FEATURE_HASH);
  try {
    const round = reader.entries().find(({ event }) => event.type === 'round')?.event;
    if (round?.type !== 'round') throw new Error('no round was recorded');
    const stagedFolder = join(folder, 'second');
    const { lastSeq, steps } = round;
    const request = { round: 2, baseFolder: versionOf(never, 'v000000'), baseVersion: 0, lastSeq, steps };
    const result = await trainer.run(
      { ...request, seed: COURSE.seed + 2, policy: COURSE.policy, stagedFolder },
      () => undefined,
    );
    expect(result.type).toBe('candidate');
    return weightsDigest(stagedFolder);
  } finally {
    reader.close();
    await trainer.close();
  }
}

describe(`a forgotten span, on ${report.backend}`, () => {
  it('leaves no feature, no version that learned from it, and a journal that says so', async () => {
    const reader = openJournalReader(journalOf(forgotten), FEATURE_HASH);
    const entries = reader.entries();
    const erased = entries.filter(({ event }) => event.type === 'erased');
    expect(erased).toHaveLength(4); // two labels, two scores
    expect(erased.flatMap(({ seq }) => reader.samples(seq))).toEqual([]);
    reader.close();
    expect(await readdir(join(forgotten.folder, 'models'))).toEqual(['v000000', 'v000002']);
  });

  it('gives the weights of a journal that never had it, bit for bit', async () => {
    const without = await secondRoundWithout();
    expect(await weightsDigest(versionOf(forgotten, 'v000002'))).toBe(without);
    // The first round, in which it was learned from, would have given others.
    expect(await weightsDigest(versionOf(never, 'v000001'))).not.toBe(without);
  });

  it('is honoured by rebuild: what learned from it is skipped, what came after is identical', async () => {
    const lines: string[] = [];
    const out = join(folder, 'rebuilt');
    const args = ['--data', forgotten.dataFolder, '--out', out];
    expect(await rebuild(parseRebuild(args), (line) => lines.push(line))).toBe(0);
    const text = lines.join('\n');
    expect(text).toMatch(/^version 1 .*deleted since/m);
    expect(text).toMatch(/^version 2 +round 2 +identical/m);
    expect(text).not.toContain('DIFFERS');
    expect(await weightsDigest(join(out, 'v000002'))).toBe(
      await weightsDigest(versionOf(forgotten, 'v000002')),
    );
  });

  it('is honoured by replay: its labels are scored by nobody', async () => {
    const lines: string[] = [];
    const args = ['--data', forgotten.dataFolder, '--policy', 'frozen'];
    expect(await replay(parseReplay(args), (line) => lines.push(line))).toBe(0);
    expect(lines[0]).toMatch(/^8 labels/);
  });
});
