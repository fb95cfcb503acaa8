/**
 * What the browser tests need from the system: Chromium, and ffmpeg and espeak-ng for test media. On Debian and Ubuntu
 * as root they are installed; elsewhere the command to run is the answer.
 */
import { readFileSync } from 'node:fs';
import { findProgram } from './native/build-addon.mjs';
import { startStep } from './progress.mjs';
import { runCommand } from './run-command.mjs';

/** Program names to look for, first found counts, and the Debian package that holds it. */
export const TEST_TOOLS = [
  { package: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] },
  { package: 'ffmpeg', programs: ['ffmpeg'] },
  { package: 'espeak-ng', programs: ['espeak-ng'] },
];

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]} the Debian packages of what is not installed
 */
export function missingTestTools(env = process.env) {
  return TEST_TOOLS.filter(({ programs }) => !programs.some((name) => findProgram(name, env))).map(
    (tool) => tool.package,
  );
}

/**
 * @param {readonly string[]} packages
 * @returns {string} the command for a person
 */
export function installCommand(packages) {
  return `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Whether apt may be used: root on a Debian or one of its children.
 * @param {string} osRelease the text of /etc/os-release
 * @param {number | undefined} userId
 */
export function canUseApt(osRelease, userId) {
  return userId === 0 && /^ID(_LIKE)?="?.*\b(debian|ubuntu)\b/m.test(osRelease);
}

/** @throws {Error} with the command to run, where the tools cannot be installed from here */
export async function ensureTestTools() {
  const packages = missingTestTools();
  if (packages.length === 0) return;
  const command = installCommand(packages);
  if (!canUseApt(readOsRelease(), process.getuid?.())) {
    throw new Error(
      `the browser tests need ${packages.join(', ')}. Run:\n  sudo sh -c '${command}'\nor run the tests without a browser: npm run check`,
    );
  }
  const step = startStep(packages.join(', '), `${command}, about 1 min, 200 MB`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const tick = () => step.update('installing');
  const lock = ['-o', 'DPkg::Lock::Timeout=120'];
  await runCommand('apt-get', [...lock, 'update'], { env, limitMs: 300_000, onTick: tick });
  const args = [...lock, 'install', '-y', '--no-install-recommends', ...packages];
  const { ok, reason } = await runCommand('apt-get', args, { env, limitMs: 900_000, onTick: tick });
  const left = missingTestTools();
  if (ok && left.length === 0) return step.done();
  step.failed(reason || `${left.join(', ')} still missing`);
  throw new Error(`${packages.join(', ')} could not be installed. Run:\n  ${command}`);
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
