/** The starter that this program ships, read from its folder. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CheckpointError } from '../../src/errors.ts';
import { readStarter, type Starter, type StarterFiles } from '../../src/model/starter/starter.ts';

/** Where `starter.bin` and `starter.json` lie. */
export const STARTER_FOLDER = fileURLToPath(new URL('../../src/model/starter', import.meta.url));

async function filesOf(folder: string): Promise<StarterFiles> {
  const read = (name: string): Promise<Uint8Array> => readFile(join(folder, name));
  try {
    return { bin: await read('starter.bin'), json: await read('starter.json') };
  } catch (cause) {
    const seen = 'starter.bin and starter.json are not both in src/model/starter';
    const remedy = 'fetch them again, make them with npm run pretrain, or go on with --init random';
    throw new CheckpointError('ERR_CHECKPOINT_FORMAT', `${seen}: ${remedy}`, { cause });
  }
}

/**
 * Reads a starter, everything checked.
 *
 * @throws {CheckpointError} ERR_CHECKPOINT_FORMAT where there is none or it is malformed, ERR_CHECKPOINT_FEATURES,
 * ERR_CHECKPOINT_DIGEST.
 */
export async function loadStarter(featureHash: string, folder: string = STARTER_FOLDER): Promise<Starter> {
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  return readStarter(await filesOf(folder), { featureHash, sha256 });
}
