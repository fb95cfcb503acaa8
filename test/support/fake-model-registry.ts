/** A model registry in memory: versions are names and digests, folders are names only. Digests hold unless a test breaks one. */

import { StoreError } from '../../server/errors.ts';
import type { ModelRegistry, VersionRecord } from '../../server/store/ports.ts';
import { CheckpointError } from '../../src/errors.ts';

const KEPT_CHAMPIONS = 5;

export class FakeModelRegistry implements ModelRegistry {
  readonly #serving: () => number | null;
  readonly #versions = new Map<number, VersionRecord>();
  readonly #staged = new Set<string>();
  readonly #broken = new Set<string>();
  #stages = 0;

  constructor(serving: () => number | null) {
    this.#serving = serving;
  }

  /** The digests of this folder do not hold from now on. */
  breakFolder(folder: string): void {
    this.#broken.add(folder);
  }

  async list(): Promise<readonly VersionRecord[]> {
    return [...this.#versions.values()].sort((a, b) => a.version - b.version);
  }

  async stage(): Promise<string> {
    const folder = `staged-${++this.#stages}`;
    this.#staged.add(folder);
    return folder;
  }

  async promote(stagedFolder: string, version: number): Promise<VersionRecord> {
    if (!this.#staged.has(stagedFolder))
      throw new StoreError('ERR_STORE_IO', `saw folder ${stagedFolder}, expected one that stage() returned`);
    if (!Number.isSafeInteger(version) || version < 0)
      throw new CheckpointError(
        'ERR_CHECKPOINT_FORMAT',
        `saw version ${version}, expected a whole number from 0`,
      );
    this.#verify(stagedFolder);
    if (this.#versions.has(version))
      throw new StoreError('ERR_STORE_VERSION_TAKEN', `version ${version} exists with other contents`);
    this.#staged.delete(stagedFolder);
    const record = { version, sha256: stagedFolder, folder: `v${version}` };
    this.#versions.set(version, record);
    this.#prune(version);
    return record;
  }

  async discard(stagedFolder: string): Promise<void> {
    this.#staged.delete(stagedFolder);
  }

  async get(version: number): Promise<VersionRecord> {
    const record = this.#versions.get(version);
    if (!record) throw new CheckpointError('ERR_CHECKPOINT_FORMAT', `there is no version ${version}`);
    this.#verify(record.folder);
    return record;
  }

  async remove(version: number): Promise<void> {
    this.#versions.delete(version);
  }

  #verify(folder: string): void {
    if (this.#broken.has(folder))
      throw new CheckpointError('ERR_CHECKPOINT_DIGEST', `${folder}: the checkpoint is damaged`);
  }

  #prune(promoted: number): void {
    const champions = [...this.#versions.keys()].filter((v) => v > 0).sort((a, b) => a - b);
    const kept = new Set([0, promoted, this.#serving(), ...champions.slice(-KEPT_CHAMPIONS)]);
    for (const version of this.#versions.keys()) if (!kept.has(version)) this.#versions.delete(version);
  }
}
