import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadStarter } from '../../../server/compute/starter.ts';
import { audioEncoder, initWeights, videoEncoder } from '../../../src/model/encoders.ts';
import { packStarter } from '../../../src/model/starter/starter.ts';
import { random } from '../../../src/random.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const facts = { featureHash: 'features', seeds: [1], commit: 'c', command: 'c', steps: 9, objective: 'o' };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-starter-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing thrown',
    (error: unknown) => Reflect.get(Object(error), 'code'),
  );

describe('loadStarter', () => {
  it('reads the two files of a folder, and refuses damaged weights', async () => {
    const source = random(1);
    const encoders = { audio: initWeights(audioEncoder, source), video: initWeights(videoEncoder, source) };
    const { bin, json } = await packStarter(encoders, { ...facts, scores: {} }, sha256);
    await writeFile(join(folder, 'starter.bin'), bin);
    await writeFile(join(folder, 'starter.json'), json);
    expect(await loadStarter('features', folder)).toMatchObject({ steps: 9, sha256: sha256(bin) });
    expect(await codeOf(loadStarter('others', folder))).toBe('ERR_CHECKPOINT_FEATURES');
    await writeFile(
      join(folder, 'starter.bin'),
      bin.map((byte) => byte ^ 1),
    );
    expect(await codeOf(loadStarter('features', folder))).toBe('ERR_CHECKPOINT_DIGEST');
  });

  it('says what to do where there is none', async () => {
    await expect(loadStarter('features', folder)).rejects.toThrow(
      /npm run pretrain, or go on with --init random/,
    );
    expect(await codeOf(loadStarter('features', folder))).toBe('ERR_CHECKPOINT_FORMAT');
  });
});
