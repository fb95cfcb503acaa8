/**
 * Built native parts, kept outside node_modules so that each is built once per machine. An entry is filled in a folder
 * of its own and renamed when whole: it is complete or absent, also when two clones build at once.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../paths.mjs';

const STAGING = /^\.staging-(\d+)-/;

/**
 * @param {string} key part, version and platform, usable as a folder name
 * @returns {string} the entry's folder, which exists only when it is complete
 */
export function entryFolder(key) {
  return join(cacheFolder(), key);
}

/**
 * An empty folder to build an entry in, on the same disk as the cache. Left-overs of dead builders are removed.
 * @param {string} key
 * @returns {string}
 */
export function openStaging(key) {
  const cache = cacheFolder();
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) {
    const builder = STAGING.exec(name)?.[1];
    if (builder && !isRunning(Number(builder))) rmSync(join(cache, name), { recursive: true, force: true });
  }
  const folder = join(cache, `.staging-${process.pid}-${key}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

/**
 * Makes a filled staging folder the entry. When another clone was faster, its entry stays.
 * @param {string} staging
 * @param {string} key
 * @returns {string} the entry's folder
 */
export function commitStaging(staging, key) {
  const folder = entryFolder(key);
  try {
    renameSync(staging, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(staging, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Moves a file or folder, across disks too; links inside stay links.
 * @param {string} from
 * @param {string} to
 */
export function move(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  rmSync(from, { recursive: true, force: true });
}

/** @param {number} pid */
function isRunning(pid) {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
