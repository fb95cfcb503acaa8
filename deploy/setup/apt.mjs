/** Debian packages: installed where that is this machine's way and allowed, else the command to run is the answer. */
import { readFileSync } from 'node:fs';
import { startStep } from './progress.mjs';
import { runCommand } from './run-command.mjs';

/**
 * @param {readonly string[]} packages
 * @returns {string} the command for a person
 */
export function installCommand(packages) {
  return `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Whether apt may be used: root on a Debian or one of its children.
 * @param {string} [osRelease] the text of /etc/os-release
 * @param {number | undefined} [userId]
 */
export function canUseApt(osRelease = readOsRelease(), userId = process.getuid?.()) {
  return userId === 0 && /^ID(_LIKE)?="?.*\b(debian|ubuntu)\b/m.test(osRelease);
}

/**
 * Installs packages and says which before it does. Call it only where {@link canUseApt} allows it.
 * @param {readonly string[]} packages
 * @param {string} cost for a person, e.g. `about 1 min, 200 MB`
 * @param {() => readonly string[]} lacking what is still not there, asked afterwards
 * @returns {Promise<string>} '' or why it failed
 */
export async function aptInstall(packages, cost, lacking) {
  const step = startStep(packages.join(', '), `${installCommand(packages)}, ${cost}`);
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    onTick: () => step.update('installing'),
  };
  const lock = ['-o', 'DPkg::Lock::Timeout=120'];
  await runCommand('apt-get', [...lock, 'update'], { ...options, limitMs: 300_000 });
  const args = [...lock, 'install', '-y', '--no-install-recommends', ...packages];
  const { reason } = await runCommand('apt-get', args, { ...options, limitMs: 900_000 });
  const left = lacking();
  if (left.length === 0) {
    step.done();
    return '';
  }
  const failure = reason || `${left.join(', ')} still missing`;
  step.failed(failure);
  return failure;
}

/** @returns {string} the text of /etc/os-release, '' where there is none */
export function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
