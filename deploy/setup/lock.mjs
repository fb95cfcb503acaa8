/**
 * The lock file and the nine platform packages of `@napi-rs/webcodecs`.
 *
 * The registry lacks some of them, so npm writes a lock without their entries and then `npm ci` refuses that very
 * lock ("Missing: @napi-rs/webcodecs-darwin-arm64"). Entries without an integrity are enough: on the platforms whose
 * package exists npm fetches it, on the others it skips it as an optional package of another system.
 *
 * After every `npm install`: `node deploy/setup/lock.mjs` puts the missing entries back.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEntry, root } from './paths.mjs';

const OWNER = 'node_modules/@napi-rs/webcodecs';

/** What npm writes for a platform package: the constraints that its name spells. */
const PLATFORMS = {
  'darwin-arm64': { cpu: ['arm64'], os: ['darwin'] },
  'darwin-x64': { cpu: ['x64'], os: ['darwin'] },
  'linux-arm-gnueabihf': { cpu: ['arm'], os: ['linux'] },
  'linux-arm64-gnu': { cpu: ['arm64'], libc: ['glibc'], os: ['linux'] },
  'linux-arm64-musl': { cpu: ['arm64'], libc: ['musl'], os: ['linux'] },
  'linux-x64-gnu': { cpu: ['x64'], libc: ['glibc'], os: ['linux'] },
  'linux-x64-musl': { cpu: ['x64'], libc: ['musl'], os: ['linux'] },
  'win32-arm64-msvc': { cpu: ['arm64'], os: ['win32'] },
  'win32-x64-msvc': { cpu: ['x64'], os: ['win32'] },
};

/**
 * @typedef {{version?: string, integrity?: string, resolved?: string, optional?: boolean, os?: string[], cpu?: string[],
 *   libc?: string[], optionalDependencies?: Record<string, string>}} LockEntry
 * @typedef {{packages: Record<string, LockEntry>}} Lock
 */

/**
 * The paths of the platform packages that the lock lacks, in the order of their names.
 * @param {Lock} lock a parsed package-lock.json
 * @returns {string[]} lock paths such as `node_modules/@napi-rs/webcodecs-darwin-x64`
 */
export function missingPlatforms(lock) {
  const wanted = Object.keys(lock.packages[OWNER]?.optionalDependencies ?? {});
  return wanted.map((name) => `node_modules/${name}`).filter((path) => !(path in lock.packages));
}

/**
 * The same lock with an entry for each platform package, sorted as npm sorts. Present entries are kept as they are.
 * @param {Lock} lock a parsed package-lock.json, not changed
 * @returns {Lock}
 */
export function completeLock(lock) {
  const version = lock.packages[OWNER]?.version ?? '';
  const packages = { ...lock.packages };
  for (const path of missingPlatforms(lock)) {
    packages[path] = { version, ...platformOf(path), optional: true };
  }
  const [own, ...rest] = Object.keys(packages);
  const order = [own ?? '', ...rest.sort((a, b) => a.localeCompare(b, 'en'))];
  return { ...lock, packages: Object.fromEntries(order.map((path) => [path, packages[path] ?? {}])) };
}

/**
 * @param {string} path
 * @returns {{cpu: string[], os: string[], libc?: string[]}}
 */
function platformOf(path) {
  const found = Object.entries(PLATFORMS).find(([name]) => path === `${OWNER}-${name}`);
  if (found) return found[1];
  throw new Error(`${path} is a platform that deploy/setup/lock.mjs does not know: add it to PLATFORMS`);
}

if (isEntry(import.meta.url)) {
  const file = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingPlatforms(lock);
  if (missing.length > 0) writeFileSync(file, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
  console.log(missing.length > 0 ? `added ${missing.length} entries: ${missing.join(', ')}` : 'nothing missing');
}
