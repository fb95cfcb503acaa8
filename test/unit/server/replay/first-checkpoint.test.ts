import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { initialCheckpoint, writeCheckpoint } from '../../../../server/compute/checkpoint.ts';
import { firstCheckpoint } from '../../../../server/replay/first-checkpoint.ts';
import { folderOf } from '../../../../server/replay/recording.ts';
import { CheckpointError } from '../../../../src/errors.ts';
import { audioEncoder, initWeights, PRODUCT_ENCODERS, videoEncoder } from '../../../../src/model/encoders.ts';
import type { Starter } from '../../../../src/model/starter/starter.ts';
import { random } from '../../../../src/random.ts';

const starterOf = (seed: number, sha256: string): Starter => ({
  encoders: {
    audio: initWeights(audioEncoder, random(seed)),
    video: initWeights(videoEncoder, random(seed)),
  },
  steps: 5000,
  sha256,
});
const OURS = starterOf(1, 'ours');
const LATER = starterOf(2, 'later');
const ships = (starter: Starter) => () => Promise.resolve(starter);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-first-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const began = (beginning: Parameters<typeof firstCheckpoint>[0]['beginning']) => ({
  ...{ beginning, seed: 7, featureHash: 'features', fusion: 'sum' as const, encoders: PRODUCT_ENCODERS },
  versionFolder: (version: number) => folderOf(folder, version),
});
const ofOurs = began({ type: 'starter', sha256: 'ours', steps: 5000 });

describe('firstCheckpoint', () => {
  it('draws random weights from the seed, whatever is shipped', async () => {
    const { checkpoint, kept } = await firstCheckpoint(began({ type: 'random', why: null }), ships(LATER));
    expect(kept).toBe(false);
    expect(checkpoint).toEqual(initialCheckpoint(7, 'features', { fusion: 'sum' }));
  });

  it('takes the shipped starter where the project began from that one', async () => {
    const { checkpoint, kept } = await firstCheckpoint(ofOurs, ships(OURS));
    expect(kept).toBe(false);
    expect(checkpoint).toEqual(initialCheckpoint(7, 'features', { fusion: 'sum', starter: OURS }));
  });

  it('takes the project’s own version 0 where another starter is shipped, or none', async () => {
    const first = initialCheckpoint(7, 'features', { fusion: 'sum', starter: OURS });
    await writeCheckpoint(folderOf(folder, 0), first);
    const refused = () => Promise.reject(new CheckpointError('ERR_CHECKPOINT_FORMAT', 'none'));
    for (const load of [ships(LATER), refused]) {
      const { checkpoint, kept } = await firstCheckpoint(ofOurs, load);
      expect(kept).toBe(true);
      expect(checkpoint.encoders).toEqual(OURS.encoders);
    }
  });

  it('says that nobody has the starter any more', async () => {
    const gone = firstCheckpoint(ofOurs, ships(LATER));
    await expect(gone).rejects.toThrow(CheckpointError);
    await expect(gone).rejects.toThrow('it began from the starter ours, which neither this program');
  });
});
