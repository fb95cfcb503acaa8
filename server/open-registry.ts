/** A project's models, with version 0 made where there is none. */
import { DEFAULT_FUSION, type FusionName } from '../proto/fusions.ts';
import type { InitName } from '../proto/inits.ts';
import { CheckpointError } from '../src/errors.ts';
import type { Starter } from '../src/model/starter/starter.ts';
import { type Beginning, beginningOf } from './compute/beginning.ts';
import { fusionOf, writeInitialCheckpoint } from './compute/checkpoint.ts';
import { loadStarter } from './compute/starter.ts';
import type { Config } from './config.ts';
import { ConfigError } from './errors.ts';
import { FEATURE_HASH } from './feature-hash.ts';
import { featuresOf, NO_BACKBONES, type ProjectFeatures } from './project-features.ts';
import { openModelRegistry } from './store/folder-model-registry.ts';
import type { ModelRegistry } from './store/ports.ts';

export type RegistryOptions = Pick<Config, 'seed' | 'fusion' | 'init' | 'project'> & {
  /** What follows from the project's backbones. Default: it has none. */
  readonly features?: ProjectFeatures;
  /** Where the starter comes from. Default: the one that the program ships. */
  readonly starter?: () => Promise<Starter>;
};

export type OpenRegistry = {
  readonly registry: ModelRegistry;
  /** What the project's encoders began as. */
  readonly beginning: Beginning;
};

/**
 * Opens the registry in `folder`. A project keeps the fusion and the first weights that it began with: its rounds train on from
 * heads and encoders that were made of them. A new one begins from the starter, and from random weights where that cannot be
 * had and was not asked for by name; version 0 then says why.
 *
 * @throws {ConfigError} ERR_CONFIG_VALUE when its models fuse, or began, in another way than the one asked for.
 * @throws {StoreError | CheckpointError} when the folder cannot be read or written, or a starter that was asked for is refused.
 */
export async function openRegistry(
  folder: string,
  serving: () => number,
  options: RegistryOptions,
): Promise<OpenRegistry> {
  const { seed, fusion, init, project, starter = () => loadStarter(FEATURE_HASH) } = options;
  const { hash, encoders } = options.features ?? featuresOf(NO_BACKBONES);
  const registry = await openModelRegistry({ folder, serving });
  const [oldest] = await registry.list();
  const kept = oldest ? await beginningOf(oldest.folder) : null;
  if (init && kept) checkInit(init, kept, project);
  if (kept && oldest?.version === 0) {
    if (fusion) checkFusion(fusion, await fusionOf(oldest.folder), project);
    return { registry, beginning: kept };
  }
  const staged = await registry.stage();
  const first = await firstOf(init ?? kept?.type ?? null, starter);
  await writeInitialCheckpoint(staged, seed, hash, { fusion: fusion ?? DEFAULT_FUSION, encoders, ...first });
  await registry.promote(staged, 0);
  return { registry, beginning: await beginningOf((await registry.get(0)).folder) };
}

/** @param init null: the starter, if it can be had. */
async function firstOf(
  init: InitName | null,
  load: () => Promise<Starter>,
): Promise<{ readonly starter: Starter | null; readonly why: string | null }> {
  if (init === 'random') return { starter: null, why: null };
  try {
    return { starter: await load(), why: null };
  } catch (error) {
    if (init === 'starter' || !(error instanceof CheckpointError)) throw error;
    return { starter: null, why: error.message };
  }
}

function checkFusion(asked: FusionName, kept: FusionName, project: string): void {
  if (asked === kept) return;
  const seen = `--fusion is "${asked}", the models of project "${project}" fuse by ${kept}`;
  const remedy = 'leave --fusion and COUNTERPOISE_FUSION out, or start a new project with --project';
  throw new ConfigError('ERR_CONFIG_VALUE', `${seen}: ${remedy}`);
}

function checkInit(asked: InitName, kept: Beginning, project: string): void {
  if (asked === kept.type) return;
  const began = kept.type === 'starter' ? 'the starter' : 'random weights';
  const seen = `--init is "${asked}", the models of project "${project}" began as ${began}`;
  const remedy = 'leave --init and COUNTERPOISE_INIT out, or start a new project with --project';
  throw new ConfigError('ERR_CONFIG_VALUE', `${seen}: ${remedy}`);
}
