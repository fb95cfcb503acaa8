/** The npm packages: installed from the lock, without their install scripts, when the lock or the machine changed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modules, root } from './paths.mjs';
import { npm } from './pinned-node.mjs';
import { startStep } from './progress.mjs';
import { fingerprint, isDone, markDone } from './stamps.mjs';

const STEP = 'packages';

/** @returns {string} changes with the lock, the system and the processor */
export function packagesKey() {
  return fingerprint([join(root, 'package-lock.json')], process.platform, process.arch);
}

/**
 * Whether what npm recorded as installed covers the lock: for a clone in which somebody ran npm by hand.
 * Optional packages may be absent, each other one has the lock's version and integrity.
 * @param {import('./lock.mjs').Lock} lock package-lock.json
 * @param {import('./lock.mjs').Lock} installed node_modules/.package-lock.json
 */
export function covers(lock, installed) {
  return Object.entries(lock.packages).every(([path, wanted]) => {
    const found = installed.packages[path];
    if (path === '' || (!found && wanted.optional)) return true;
    return found?.version === wanted.version && found?.integrity === wanted.integrity;
  });
}

/** @returns {boolean} whether node_modules is what the lock says */
export function packagesAreCurrent() {
  if (isDone(STEP, packagesKey())) return true;
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const [lock, installed] = [join(root, 'package-lock.json'), record].map((file) =>
    JSON.parse(readFileSync(file, 'utf8')),
  );
  return covers(lock, installed);
}

/** @throws {Error} when npm fails; says what npm said */
export async function ensurePackages() {
  if (packagesAreCurrent()) return markDone(STEP, packagesKey());
  const why = existsSync(modules) ? 'the lock changed' : 'first start';
  const folders = expectedFolders(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const step = startStep(STEP, `${why}, npm ci, about 30 s, 250 MB`);
  const result = await npm(['ci', '--ignore-scripts'], {
    limitMs: 1_200_000,
    onTick: () => step.update(installedSoFar(folders)),
  });
  if (!result.ok) {
    step.failed(result.reason);
    throw new Error(`npm ci failed:\n${result.output.trim()}`);
  }
  markDone(STEP, packagesKey());
  step.done();
}

/**
 * The folders that npm will fill on this machine: all but the platform packages of other systems.
 * @param {import('./lock.mjs').Lock} lock
 * @param {{platform: string, arch: string}} [machine]
 * @returns {string[]} paths relative to the project
 */
export function expectedFolders(lock, { platform, arch } = process) {
  const fits = (/** @type {string[] | undefined} */ list, /** @type {string} */ name) =>
    !list || list.includes(name);
  const here = Object.entries(lock.packages).filter(
    ([, { os, cpu }]) => fits(os, platform) && fits(cpu, arch),
  );
  return here.map(([path]) => path).filter((path) => path !== '');
}

/** @param {readonly string[]} folders */
function installedSoFar(folders) {
  const count = folders.filter((path) => existsSync(join(root, path, 'package.json'))).length;
  return `${count} of ${folders.length} packages`;
}
