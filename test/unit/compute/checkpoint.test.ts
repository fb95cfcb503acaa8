import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  fusionOf,
  readCheckpoint,
  writeCheckpoint,
  writeInitialCheckpoint,
} from '../../../server/compute/checkpoint.ts';
import { verifyFiles } from '../../../server/store/checkpoint-files.ts';
import { audioEncoder, encodersOf, initWeights, videoEncoder } from '../../../src/model/encoders.ts';
import { random } from '../../../src/random.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'resolved',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

describe('writeInitialCheckpoint', () => {
  it('writes the seeded encoders, no head and nothing taught', async () => {
    await writeInitialCheckpoint(folder, 7, 'features');
    const { encoders, classifier } = await readCheckpoint(folder, 'features');
    expect(encoders.audio).toEqual(initWeights(audioEncoder, random(7)));
    expect(encoders.video).toEqual(initWeights(videoEncoder, random(7)));
    expect(classifier).toMatchObject({
      modelVersion: 0,
      appliedSeq: 0,
      head: null,
      heldOut: null,
      classIds: [],
    });
  });

  it('writes an adapter where a side has a backbone, and reads it back', async () => {
    const video = { modality: 'video', input: [24], hidden: 8, width: 96 } as const;
    await writeInitialCheckpoint(folder, 7, 'features', { encoders: { audio: audioEncoder, video } });
    const { encoders } = await readCheckpoint(folder, 'features');
    expect(encoders.audio).toEqual(initWeights(audioEncoder, random(7)));
    expect(encoders.video).toEqual(initWeights(video, random(7)));
    expect(encodersOf([...encoders.audio, ...encoders.video])).toEqual({ audio: audioEncoder, video });
  });

  it('gives the same bytes for the same seed, others for another', async () => {
    const digest = await writeInitialCheckpoint(join(folder, 'a'), 7, 'features');
    expect(await writeInitialCheckpoint(join(folder, 'b'), 7, 'features')).toBe(digest);
    expect(await writeInitialCheckpoint(join(folder, 'c'), 8, 'features')).not.toBe(digest);
  });

  it('writes what the registry accepts, and says the same digest', async () => {
    const digest = await writeInitialCheckpoint(folder, 7, 'features');
    const verified = await verifyFiles(folder);
    expect(verified.sha256).toBe(digest);
    expect([...verified.names].sort()).toEqual((await readdir(folder)).sort());
  });
});

describe('fusionOf', () => {
  it('reads the fusion from the manifest, concat where it names none', async () => {
    await writeInitialCheckpoint(join(folder, 'a'), 7, 'features');
    await writeInitialCheckpoint(join(folder, 'b'), 7, 'features', { fusion: 'gated' });
    expect(await fusionOf(join(folder, 'a'))).toBe('concat');
    expect(await fusionOf(join(folder, 'b'))).toBe('gated');
  });

  it('refuses a folder without a manifest, and a name that is not known, with ERR_CHECKPOINT_FORMAT', async () => {
    expect(await codeOf(fusionOf(folder))).toBe('ERR_CHECKPOINT_FORMAT');
    await writeFile(join(folder, 'manifest.json'), '{"fusion":"mixed"}');
    expect(await codeOf(fusionOf(folder))).toBe('ERR_CHECKPOINT_FORMAT');
  });
});

describe('readCheckpoint', () => {
  it('undoes writeCheckpoint', async () => {
    await writeInitialCheckpoint(join(folder, 'first'), 7, 'features');
    const first = await readCheckpoint(join(folder, 'first'), 'features');
    const head = {
      fusion: 'concat',
      classIds: ['a', 'b'],
      gate: 0.5,
      weights: {
        'head/audio': Float32Array.from({ length: 2 * 96 }, (_, i) => i),
        'head/video': Float32Array.from({ length: 2 * 96 }, (_, i) => -i),
        'head/bias': Float32Array.of(1, 2),
      },
    } as const;
    const trained = { ...first, classifier: { ...first.classifier, modelVersion: 3, head } };
    await writeCheckpoint(join(folder, 'next'), trained);
    expect(await readCheckpoint(join(folder, 'next'), 'features')).toEqual(trained);
  });

  it('refuses other features with ERR_CHECKPOINT_FEATURES', async () => {
    await writeInitialCheckpoint(folder, 7, 'features');
    expect(await codeOf(readCheckpoint(folder, 'others'))).toBe('ERR_CHECKPOINT_FEATURES');
  });

  it('refuses one changed byte with ERR_CHECKPOINT_DIGEST', async () => {
    await writeInitialCheckpoint(folder, 7, 'features');
    const path = join(folder, 'weights.bin');
    const bytes = await readFile(path);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    expect(await codeOf(readCheckpoint(folder, 'features'))).toBe('ERR_CHECKPOINT_DIGEST');
  });

  it('refuses a folder that is not there or has no manifest with ERR_CHECKPOINT_FORMAT', async () => {
    expect(await codeOf(readCheckpoint(join(folder, 'none'), 'features'))).toBe('ERR_CHECKPOINT_FORMAT');
    expect(await codeOf(readCheckpoint(folder, 'features'))).toBe('ERR_CHECKPOINT_FORMAT');
  });
});
