import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FusionName } from '../../../proto/fusions.ts';
import { fusionOf, readCheckpoint, writeCheckpoint } from '../../../server/compute/checkpoint.ts';
import { ConfigError } from '../../../server/errors.ts';
import { FEATURE_HASH } from '../../../server/feature-hash.ts';
import { openRegistry, type RegistryOptions } from '../../../server/open-registry.ts';
import { CheckpointError } from '../../../src/errors.ts';
import { audioEncoder, initWeights, videoEncoder } from '../../../src/model/encoders.ts';
import type { Starter } from '../../../src/model/starter/starter.ts';
import { random } from '../../../src/random.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-registry-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const STARTER: Starter = {
  encoders: {
    audio: initWeights(audioEncoder, random(99)),
    video: initWeights(videoEncoder, random(99)),
  },
  steps: 5000,
  sha256: 'abc',
};
const shipped = (): Promise<Starter> => Promise.resolve(STARTER);
const missing = (): Promise<Starter> =>
  Promise.reject(new CheckpointError('ERR_CHECKPOINT_FORMAT', 'it is not there'));

const OPTIONS = { seed: 7, fusion: null, init: null, project: 'kitchen', starter: shipped };

const begin = (options: Partial<RegistryOptions> = {}) =>
  openRegistry(folder, () => 0, { ...OPTIONS, ...options });

async function fusionWith(fusion: FusionName | null): Promise<FusionName> {
  const { registry } = await begin({ fusion });
  return fusionOf((await registry.get(0)).folder);
}

/** Version 0 as it lies there. */
const first = () => readCheckpoint(join(folder, 'v000000'), FEATURE_HASH);

describe('openRegistry', () => {
  it('makes version 0 of a new project fuse by concat, unless it is told otherwise', async () => {
    expect(await fusionWith(null)).toBe('concat');
  });

  it('keeps the fusion that a project began with', async () => {
    expect(await fusionWith('film')).toBe('film');
    expect(await fusionWith(null)).toBe('film');
    expect(await fusionWith('film')).toBe('film');
  });

  it('refuses another with ERR_CONFIG_VALUE, and says what to do', async () => {
    await fusionWith('gated');
    const refused = fusionWith('sum');
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toThrow(
      /"sum", the models of project "kitchen" fuse by gated: leave --fusion .* out, or start a new project/,
    );
  });

  it('begins a new project from the starter, whose steps count as trained', async () => {
    const { beginning } = await begin();
    expect(beginning).toEqual({ type: 'starter', sha256: 'abc', steps: 5000 });
    const { encoders, notes, classifier } = await first();
    expect(encoders).toEqual(STARTER.encoders);
    expect(notes).toEqual({
      origin: 'starter',
      seed: 7,
      starter: 'abc',
      pretrainingSteps: 5000,
      trainedSteps: 5000,
    });
    expect(classifier.head).toBeNull();
  });

  it('begins from random weights where they are asked for', async () => {
    expect((await begin({ init: 'random' })).beginning).toEqual({ type: 'random', why: null });
    expect((await first()).encoders.audio).toEqual(initWeights(audioEncoder, random(7)));
  });

  it('begins from random weights where the starter cannot be had, and says so at every start', async () => {
    const began = { type: 'random', why: 'it is not there' };
    expect((await begin({ starter: missing })).beginning).toEqual(began);
    expect((await begin()).beginning).toEqual(began);
    expect((await first()).encoders.audio).toEqual(initWeights(audioEncoder, random(7)));
  });

  it('refuses to begin where the starter was asked for by name and cannot be had', async () => {
    await expect(begin({ init: 'starter', starter: missing })).rejects.toThrow('it is not there');
  });

  it('keeps the beginning of a project when another starter is shipped, or none', async () => {
    const { beginning } = await begin();
    const another = (): Promise<Starter> => Promise.resolve({ ...STARTER, sha256: 'def' });
    expect((await begin({ starter: another })).beginning).toEqual(beginning);
    expect((await begin({ starter: missing })).beginning).toEqual(beginning);
    expect((await first()).encoders).toEqual(STARTER.encoders);
  });

  it('refuses another beginning than the project has with ERR_CONFIG_VALUE', async () => {
    await begin();
    await expect(begin({ init: 'random' })).rejects.toThrow(
      /--init is "random", the models of project "kitchen" began as the starter: leave --init .* out/,
    );
    await expect(begin({ init: 'starter' })).resolves.toBeDefined();
  });

  it('makes a lost version 0 again as a later version says that it was', async () => {
    await begin({ init: 'random' });
    const checkpoint = await first();
    await writeCheckpoint(join(folder, 'v000001'), { ...checkpoint, notes: { origin: 'round' } });
    await rm(join(folder, 'v000000'), { recursive: true });
    expect((await begin()).beginning).toEqual({ type: 'random', why: null });
  });
});
