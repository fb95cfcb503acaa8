/**
 * The embedded model registry: one folder for each version, `v000001` and so on, immutable once it stands there.
 *
 * A candidate is written into `.staged-<ulid>`, verified, flushed, then renamed: a version is there whole or not at all. A folder that
 * is to go is renamed to `.removed-<ulid>` first. Both kinds are what a crash may leave, and are swept when the registry is opened.
 */
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ulid } from 'ulid';

import { CheckpointError } from '../../src/errors.ts';
import { StoreError } from '../errors.ts';
import { manifestDigest, syncFiles, syncPath, verifyFiles } from './checkpoint-files.ts';
import type { ModelRegistry, VersionRecord } from './ports.ts';
import { storeErrorOf } from './sqlite.ts';

export type ModelRegistryOptions = {
  /** The folder that holds the versions; made if need be. */
  readonly folder: string;
  /** The version that serves now: never pruned, however old. Null while none does. */
  readonly serving: () => number | null;
};

const KEPT_CHAMPIONS = 5; // what can be rolled back to, besides version 0
const STAGED = '.staged-';
const REMOVED = '.removed-';
const VERSION_FOLDER = /^v(\d{6,})$/;

/** Opens or makes a project's registry and sweeps what a crash left. One process at a time. @throws {StoreError} ERR_STORE_IO */
export async function openModelRegistry(options: ModelRegistryOptions): Promise<ModelRegistry> {
  const registry = new FolderModelRegistry(options);
  await registry.sweep();
  return registry;
}

class FolderModelRegistry implements ModelRegistry {
  readonly #root: string;
  readonly #serving: () => number | null;

  constructor({ folder, serving }: ModelRegistryOptions) {
    this.#root = resolve(folder);
    this.#serving = serving;
  }

  /** Makes the folder and removes what was neither promoted nor wholly deleted. */
  async sweep(): Promise<void> {
    await this.#explained('opening the models', async () => {
      await mkdir(this.#root, { recursive: true });
      for (const name of await readdir(this.#root))
        if (name.startsWith(STAGED) || name.startsWith(REMOVED)) await this.#remove(name);
    });
  }

  /** In order of version. A folder whose manifest is gone is left out; `get` says what is wrong with it. */
  async list(): Promise<readonly VersionRecord[]> {
    const records: VersionRecord[] = [];
    for (const version of await this.#versions()) {
      const folder = this.#folderOf(version);
      const sha256 = await manifestDigest(folder);
      if (sha256) records.push({ version, sha256, folder });
    }
    return records;
  }

  async stage(): Promise<string> {
    const folder = join(this.#root, `${STAGED}${ulid()}`);
    await this.#explained('making a folder for a candidate', () => mkdir(folder, { recursive: true }));
    return folder;
  }

  /** @throws {StoreError} ERR_STORE_VERSION_TAKEN if that version stands there with other contents; with the same ones it is done already. */
  async promote(stagedFolder: string, version: number): Promise<VersionRecord> {
    const staged = this.#stagedName(stagedFolder);
    if (!Number.isSafeInteger(version) || version < 0)
      throw new CheckpointError(
        'ERR_CHECKPOINT_FORMAT',
        `saw version ${version}, expected a whole number from 0`,
      );
    const { sha256, names } = await verifyFiles(join(this.#root, staged));
    const folder = this.#folderOf(version);
    const record = { version, sha256, folder };
    if (await exists(folder)) {
      await this.#requireSame(folder, record);
      await this.discard(stagedFolder);
      return record;
    }
    await this.#explained('promoting a candidate', async () => {
      await syncFiles(join(this.#root, staged), names);
      await rename(join(this.#root, staged), folder);
      await syncPath(this.#root);
      await this.#prune(version);
    });
    return record;
  }

  async discard(stagedFolder: string): Promise<void> {
    const staged = this.#stagedName(stagedFolder);
    await this.#explained('discarding a candidate', () => this.#remove(staged));
  }

  async get(version: number): Promise<VersionRecord> {
    const folder = this.#folderOf(version);
    const { sha256 } = await verifyFiles(folder);
    return { version, sha256, folder };
  }

  async remove(version: number): Promise<void> {
    await this.#explained('deleting a version', async () => {
      const folder = this.#folderOf(version);
      if (await exists(folder)) await this.#retire(basename(folder));
    });
  }

  #folderOf(version: number): string {
    return join(this.#root, `v${String(version).padStart(6, '0')}`);
  }

  async #versions(): Promise<number[]> {
    const names = await this.#explained('listing the models', () => readdir(this.#root));
    return names
      .flatMap((name) => VERSION_FOLDER.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** Only folders that `stage` made are moved or removed: a path from elsewhere is refused. */
  #stagedName(folder: string): string {
    const path = resolve(folder);
    if (dirname(path) === this.#root && basename(path).startsWith(STAGED)) return basename(path);
    throw new StoreError('ERR_STORE_IO', `saw folder ${folder}, expected one that stage() returned`);
  }

  async #requireSame(folder: string, { version, sha256 }: VersionRecord): Promise<void> {
    if ((await manifestDigest(folder)) === sha256) return;
    const seen = `version ${version} exists with other contents`;
    throw new StoreError('ERR_STORE_VERSION_TAKEN', `${seen}: promote with a number above all of list()`);
  }

  /** Removes all but version 0, the five newest, the one that serves and the one just promoted. */
  async #prune(promoted: number): Promise<void> {
    const versions = await this.#versions();
    const kept = new Set([
      0,
      promoted,
      this.#serving(),
      ...versions.filter((v) => v > 0).slice(-KEPT_CHAMPIONS),
    ]);
    for (const version of versions)
      if (!kept.has(version)) await this.#retire(basename(this.#folderOf(version)));
  }

  /** Takes a folder out of sight in one step, then deletes it: a crash leaves no half version. */
  async #retire(name: string): Promise<void> {
    const removed = `${REMOVED}${ulid()}`;
    await rename(join(this.#root, name), join(this.#root, removed));
    await syncPath(this.#root);
    await this.#remove(removed);
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#root, name), { recursive: true, force: true });
  }

  async #explained<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeErrorOf(`${doing} in ${this.#root}`, error);
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
