/**
 * Stamps: what each set-up step was last done for. A step's stamp is written after its work, so that an interrupted
 * step is simply done again.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { memory } from './paths.mjs';

/**
 * @param {string} name of the step
 * @param {string} key what the step depends on, see {@link fingerprint}
 * @param {string} [folder]
 * @returns {boolean} whether the step was last finished for this key
 */
export function isDone(name, key, folder = memory) {
  try {
    return readFileSync(join(folder, `${name}.stamp`), 'utf8') === key;
  } catch {
    return false;
  }
}

/**
 * @param {string} name
 * @param {string} key
 * @param {string} [folder]
 */
export function markDone(name, key, folder = memory) {
  writeWhole(join(folder, `${name}.stamp`), key);
}

/**
 * Writes a file that is either old or new for every reader, never half.
 * @param {string} file its folder is made
 * @param {string} text
 */
export function writeWhole(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.part`;
  writeFileSync(partial, text);
  renameSync(partial, file);
}

/**
 * A hash over files, folders (all files in them) and plain values, in the order given.
 * @param {readonly string[]} paths a missing path counts as such
 * @param {...string} values
 * @returns {string} sha-256, hex
 */
export function fingerprint(paths, ...values) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesIn(path))
      hash.update(`\0file ${file.slice(path.length)}\0`).update(readFileSync(file));
    hash.update('\0end\0');
  }
  for (const value of values) hash.update(`\0value ${value}`);
  return hash.digest('hex');
}

/**
 * @param {string} path a file, a folder or nothing
 * @returns {string[]} the files, sorted
 */
function filesIn(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name !== 'node_modules');
  return names.sort().flatMap((name) => filesIn(join(path, name)));
}
