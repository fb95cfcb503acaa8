/** A starter out of what two runs leave. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Modality } from '../../../proto/messages.ts';
import { FEATURE_HASH } from '../../../server/feature-hash.ts';
import { packRuns } from '../../../server/pretraining/pack.ts';
import type { RunResult, RunSettings } from '../../../server/pretraining/run-options.ts';
import { writeWeights } from '../../../server/pretraining/weights-file.ts';
import { initWeights, PRODUCT_ENCODERS } from '../../../src/model/encoders.ts';
import { readStarter } from '../../../src/model/starter/starter.ts';
import { random } from '../../../src/random.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const SETTINGS: RunSettings = { seed: 3, batch: 96, reuse: 4, objective: 'both', peak: 2e-3, code: 'test' };
const SCORES = { prototype: 0.9, single: 0.8, kind: 0.7, measures: 0.61239 };

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'counterpoise-pack-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function leave(from: string, modality: Modality, steps: number): Promise<RunResult['weights']> {
  const folder = join(from, modality);
  await mkdir(folder, { recursive: true });
  const weights = initWeights(PRODUCT_ENCODERS[modality], random(steps));
  const origin = { modality, commit: 'abc', command: `train ${modality}`, tensorFlowThreads: 1 } as const;
  const result = { weights, steps, seconds: 1, last: null, before: SCORES, after: SCORES };
  await writeWeights(folder, origin, SETTINGS, result);
  return weights;
}

describe('packRuns', () => {
  it('packs both encoders in half precision, with where they are from', async () => {
    const from = join(root, 'runs');
    const audio = await leave(from, 'audio', 5);
    await leave(from, 'video', 7);
    const to = join(root, 'starter');
    await packRuns(from, to, { 'held-out': 0.5 });
    const files = {
      bin: Uint8Array.from(await readFile(join(to, 'starter.bin'))),
      json: Uint8Array.from(await readFile(join(to, 'starter.json'))),
    };
    const starter = await readStarter(files, { featureHash: FEATURE_HASH, sha256 });
    const [kernel] = audio;
    starter.encoders.audio[0]?.values.forEach((value, i) => {
      expect(value).toBeCloseTo(kernel?.values[i] ?? Number.NaN, 3);
    });
    const manifest: unknown = JSON.parse(new TextDecoder().decode(files.json));
    expect(manifest).toMatchObject({
      seeds: [3],
      commit: 'abc',
      command: 'train audio && train video',
      steps: 7,
      objective: 'audio both, video both',
      scores: {
        'audio probe measures': 0.6124,
        'video probe 5 labels, random weights': 0.9,
        'held-out': 0.5,
      },
    });
  });

  it('says which encoder is missing, and what is damaged', async () => {
    const from = join(root, 'half');
    await leave(from, 'audio', 1);
    await expect(packRuns(from, root)).rejects.toThrow(/no finished video encoder.*--modality video/);
    await leave(from, 'video', 1);
    const manifest = join(from, 'video', 'weights.json');
    const said = await readFile(manifest, 'utf8');
    await writeFile(manifest, said.replace(FEATURE_HASH, '0'.repeat(64)));
    await expect(packRuns(from, root)).rejects.toThrow(/trained on features 00000000, this program computes/);
    await writeFile(manifest, said);
    await writeFile(join(from, 'video', 'weights.bin'), 'x');
    await expect(packRuns(from, root)).rejects.toMatchObject({ code: 'ERR_PRETRAINING_STATE' });
  });
});
