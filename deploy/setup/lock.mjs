/**
 * The lock file and its optional platform packages.
 *
 * A registry may lack some platform packages of a dependency (`@napi-rs/webcodecs` 1.3.1 never had all nine). npm then
 * writes a lock without their entries, and `npm ci` refuses that very lock ("Missing: … from lock file"). An entry
 * without an integrity is enough: where the package exists npm fetches it, on another system npm skips it.
 *
 * After every `npm install`: `node deploy/setup/lock.mjs` puts the missing entries back.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEntry, root } from './paths.mjs';

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * @typedef {{version?: string, integrity?: string, resolved?: string, optional?: boolean, dev?: boolean, os?: string[],
 *   cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string>}} LockEntry
 * @typedef {{packages: Record<string, LockEntry>}} Lock
 */

/**
 * The optional packages that some package names with an exact version and the lock has no entry for.
 * @param {Lock} lock a parsed package-lock.json
 * @returns {Record<string, LockEntry>} the entries to add, by lock path
 */
export function missingEntries(lock) {
  /** @type {Record<string, LockEntry>} */
  const missing = {};
  for (const [owner, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const present = path in lock.packages || `${owner}/${path}` in lock.packages;
      if (present) continue;
      missing[path] = { version, ...platformOf(name), ...(entry.dev ? { dev: true } : {}), optional: true };
    }
  }
  return missing;
}

/**
 * The same lock with the missing entries, sorted as npm sorts. Present entries are kept as they are.
 * @param {Lock} lock a parsed package-lock.json, not changed
 * @returns {Lock}
 */
export function completeLock(lock) {
  const packages = { ...lock.packages, ...missingEntries(lock) };
  const paths = Object.keys(packages).sort((a, b) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(paths.map((path) => [path, packages[path] ?? {}])) };
}

/**
 * The constraints that a platform package's name spells: `…-linux-x64-musl` runs on linux, x64, musl.
 * @param {string} name
 * @returns {{os: string[], cpu: string[], libc?: string[]}}
 */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  if (os.length !== 1 || cpu.length !== 1) {
    throw new Error(
      `${name} is missing from the lock and its name spells no platform: run npm install again`,
    );
  }
  if (words.includes('musl')) return { os, cpu, libc: ['musl'] };
  return words.includes('gnu') ? { os, cpu, libc: ['glibc'] } : { os, cpu };
}

if (isEntry(import.meta.url)) {
  const file = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = Object.keys(missingEntries(lock));
  if (missing.length > 0) writeFileSync(file, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
  console.log(
    missing.length > 0 ? `added ${missing.length} entries: ${missing.join(', ')}` : 'nothing missing',
  );
}
