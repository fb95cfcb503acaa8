/** The files of one checkpoint folder: verified against its manifest, and made to last. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { CheckpointError } from '../../src/errors.ts';

/** Holds `files`: the hex sha-256 of every other file of the checkpoint by name. */
const MANIFEST = 'manifest.json';
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/; // no separators, so no way out of the folder
const HEX_SHA256 = /^[0-9a-f]{64}$/;

export type VerifiedFiles = {
  /** Hex sha-256 of the manifest. */
  readonly sha256: string;
  /** Names of all files, the manifest's included. */
  readonly names: readonly string[];
};

/**
 * Hex sha-256 of a folder's manifest, or null where the folder has none.
 */
export async function manifestDigest(folder: string): Promise<string | null> {
  const bytes = await readFile(join(folder, MANIFEST)).catch(() => null);
  return bytes && createHash('sha256').update(bytes).digest('hex');
}

/** Reads every file and compares its digest. @throws {CheckpointError} ERR_CHECKPOINT_FORMAT, ERR_CHECKPOINT_DIGEST */
export async function verifyFiles(folder: string): Promise<VerifiedFiles> {
  const bytes = await readFile(join(folder, MANIFEST)).catch((cause: unknown) => {
    throw malformed(folder, 'it has no readable manifest.json', cause);
  });
  const digests = digestsOf(folder, bytes.toString('utf8'));
  for (const [name, expected] of digests) {
    const seen = await digestOf(join(folder, name)).catch((cause: unknown) => {
      throw digestError(folder, `${name} cannot be read`, cause);
    });
    if (seen !== expected)
      throw digestError(folder, `${name} has sha-256 ${seen}, its manifest says ${expected}`);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { sha256, names: [MANIFEST, ...digests.keys()] };
}

/** Flushes the files and the folder's own listing to the disk. */
export async function syncFiles(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await syncPath(join(folder, name));
  await syncPath(folder);
}

/** Flushes one file, or a folder's listing, to the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function digestsOf(folder: string, text: string): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  for (const [name, digest] of Object.entries(filesOf(folder, text))) {
    const wellFormed =
      PLAIN_NAME.test(name) && name !== MANIFEST && typeof digest === 'string' && HEX_SHA256.test(digest);
    if (!wellFormed) throw malformed(folder, `its manifest lists ${JSON.stringify(name)}: ${String(digest)}`);
    digests.set(name, digest);
  }
  if (digests.size === 0) throw malformed(folder, 'its manifest lists no file');
  return digests;
}

function filesOf(folder: string, text: string): object {
  try {
    const manifest: unknown = JSON.parse(text);
    const files = typeof manifest === 'object' && manifest && 'files' in manifest ? manifest.files : null;
    if (typeof files === 'object' && files) return files;
  } catch (cause) {
    throw malformed(folder, 'its manifest is no JSON', cause);
  }
  throw malformed(folder, 'its manifest has no files');
}

function malformed(folder: string, seen: string, cause?: unknown): CheckpointError {
  const remedy = 'expected plain names with hex sha-256 digests: use another version';
  return new CheckpointError('ERR_CHECKPOINT_FORMAT', `${folder}: ${seen}, ${remedy}`, { cause });
}

function digestError(folder: string, seen: string, cause?: unknown): CheckpointError {
  const remedy = 'the checkpoint is damaged: use another version';
  return new CheckpointError('ERR_CHECKPOINT_DIGEST', `${folder}: ${seen}, ${remedy}`, { cause });
}
