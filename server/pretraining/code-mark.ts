/** Names of the code that a run is made by: a hash of the files that decide its numbers, and the commit for people. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What decides the numbers: the generators, the features, the encoders, augmentation and the optimizer. */
const PARTS = [
  'src/pretraining',
  'src/features',
  'src/model/encoders.ts',
  'src/random.ts',
  'src/training/augment-mel.ts',
  'src/training/augment-picture.ts',
  'src/training/draws.ts',
] as const;
const LENGTH = 16;

async function filesOf(part: string): Promise<readonly string[]> {
  if (part.endsWith('.ts')) return [part];
  const entries = await readdir(join(ROOT, part), { recursive: true });
  return entries
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${part}/${name.replaceAll('\\', '/')}`);
}

/** A short hash of all of it; equal names mean equal results. */
export async function codeMark(): Promise<string> {
  const files = (await Promise.all(PARTS.map(filesOf))).flat().toSorted();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0${await readFile(join(ROOT, file), 'utf8')}\0`);
  return hash.digest('hex').slice(0, LENGTH);
}

const run = promisify(execFile);

/** The commit that is checked out, with `-changed` where what decides the numbers was edited since; `unknown` outside of git. */
export async function commitOf(): Promise<string> {
  try {
    const { stdout: commit } = await run('git', ['rev-parse', 'HEAD'], { cwd: ROOT });
    const { stdout: edits } = await run('git', ['status', '--porcelain', '--', ...PARTS], { cwd: ROOT });
    return `${commit.trim()}${edits.trim() === '' ? '' : '-changed'}`;
  } catch {
    return 'unknown';
  }
}
