/** A project's folder as it lies there, read only: a server may go on working in it. */
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { DEFAULT_FUSION, type FusionName } from '../../proto/fusions.ts';
import type { JournalEntry } from '../../src/journal.ts';
import type { EncoderPair } from '../../src/model/encoders.ts';
import { type Beginning, beginningOf } from '../compute/beginning.ts';
import { fusionOf, noteOf } from '../compute/checkpoint.ts';
import { CliError } from '../errors.ts';
import { featuresOf, recordedBackbones } from '../project-features.ts';
import { openJournalReader } from '../store/journal-reader.ts';
import type { JournalReader } from '../store/ports.ts';
import { placeOf, recordedSeed } from './recorded-rounds.ts';

export type RecordingOptions = {
  readonly dataFolder: string;
  readonly project: string;
  /** Id of an event, or a version, at which to stop. */
  readonly until: string | null;
  /** Seed where nothing was recorded yet. */
  readonly seed: number;
};

/** What a journal holds up to one place. Belongs to whoever opened it. */
export type Recording = {
  /** The journal's file. */
  readonly journal: string;
  readonly featureHash: string;
  /** What its sides are built like: the product's encoders, or adapters behind backbones. */
  readonly encoders: EncoderPair;
  /** Every entry that there was when it was opened: later ones say what was erased. */
  readonly entries: readonly JournalEntry[];
  /** Place at which to stop. */
  readonly until: number;
  /** Seed of the first weights. */
  readonly seed: number;
  /** How the project's head fuses. */
  readonly fusion: FusionName;
  /** What the project's encoders began as. */
  readonly beginning: Beginning;
  readonly reader: JournalReader;
  /** Folder of a version, which may have been pruned. */
  readonly versionFolder: (version: number) => string;
  /** Idempotent. */
  readonly close: () => void;
};

export const folderOf = (root: string, version: number): string =>
  join(root, `v${String(version).padStart(6, '0')}`);

/**
 * Opens a project's journal to read.
 *
 * @throws {CliError} ERR_CLI_OPTION for a project or an id that is not there
 * @throws {StoreError} ERR_STORE_FEATURES, ERR_STORE_SCHEMA, ERR_STORE_CORRUPT
 */
export async function openRecording({
  dataFolder,
  project,
  until,
  seed,
}: RecordingOptions): Promise<Recording> {
  const folder = join(dataFolder, project);
  const journal = join(folder, 'journal.sqlite');
  const models = join(folder, 'models');
  if (!(await exists(journal))) {
    const seen = `there is no journal of a project "${project}" in ${dataFolder}`;
    throw new CliError('ERR_CLI_OPTION', `${seen}: name it with --data and --project`);
  }
  const { hash, encoders } = featuresOf(await recordedBackbones(folder));
  const reader = openJournalReader(journal, hash);
  try {
    const entries = reader.entries();
    return {
      journal,
      featureHash: hash,
      encoders,
      entries,
      until: placeOf(entries, until),
      seed: (await writtenSeed(folderOf(models, 0))) ?? recordedSeed(entries) ?? seed,
      ...(await keptBeginning(models)),
      reader,
      versionFolder: (version) => folderOf(models, version),
      close: () => reader.close(),
    };
  } catch (error) {
    reader.close();
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/**
 * What the oldest version that can be read says; every version of a project has the same. Concat and random weights where none
 * is kept.
 */
async function keptBeginning(models: string): Promise<Pick<Recording, 'fusion' | 'beginning'>> {
  const names = await readdir(models).catch(() => []);
  for (const name of names.filter((one) => /^v\d+$/.test(one)).sort()) {
    const folder = join(models, name);
    const fusion = await fusionOf(folder).catch(() => null);
    if (fusion) return { fusion, beginning: await beginningOf(folder) };
  }
  return { fusion: DEFAULT_FUSION, beginning: { type: 'random', why: null } };
}

/** The seed that version 0 says it was made from. */
async function writtenSeed(folder: string): Promise<number | null> {
  const seed = await noteOf(folder, 'seed');
  return typeof seed === 'number' ? seed : null;
}
