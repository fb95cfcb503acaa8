import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FusionName } from '../../../proto/fusions.ts';
import { fusionOf } from '../../../server/compute/checkpoint.ts';
import { ConfigError } from '../../../server/errors.ts';
import { openRegistry } from '../../../server/open-registry.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-registry-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function fusionWith(fusion: FusionName | null): Promise<FusionName> {
  const registry = await openRegistry(folder, () => 0, { seed: 7, fusion, project: 'kitchen' });
  return fusionOf((await registry.get(0)).folder);
}

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
});
