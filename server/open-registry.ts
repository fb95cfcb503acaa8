/** A project's models, with version 0 made where there is none. */
import { DEFAULT_FUSION, type FusionName } from '../proto/fusions.ts';
import { fusionOf, writeInitialCheckpoint } from './compute/checkpoint.ts';
import type { Config } from './config.ts';
import { ConfigError } from './errors.ts';
import { FEATURE_HASH } from './feature-hash.ts';
import { openModelRegistry } from './store/folder-model-registry.ts';
import type { ModelRegistry } from './store/ports.ts';

/**
 * Opens the registry in `folder`. A project keeps the fusion that it began with: its rounds train on from heads that were
 * made for it.
 *
 * @throws {ConfigError} ERR_CONFIG_VALUE when its models fuse in another way than the one asked for.
 * @throws {StoreError | CheckpointError} when the folder cannot be read or written.
 */
export async function openRegistry(
  folder: string,
  serving: () => number,
  { seed, fusion, project }: Pick<Config, 'seed' | 'fusion' | 'project'>,
): Promise<ModelRegistry> {
  const registry = await openModelRegistry({ folder, serving });
  const versions = await registry.list();
  if (versions.some(({ version }) => version === 0)) {
    if (fusion) checkFusion(fusion, await fusionOf((await registry.get(0)).folder), project);
    return registry;
  }
  const staged = await registry.stage();
  await writeInitialCheckpoint(staged, seed, FEATURE_HASH, fusion ?? DEFAULT_FUSION);
  await registry.promote(staged, 0);
  return registry;
}

function checkFusion(asked: FusionName, kept: FusionName, project: string): void {
  if (asked === kept) return;
  const seen = `--fusion is "${asked}", the models of project "${project}" fuse by ${kept}`;
  const remedy = 'leave --fusion and COUNTERPOISE_FUSION out, or start a new project with --project';
  throw new ConfigError('ERR_CONFIG_VALUE', `${seen}: ${remedy}`);
}
