/**
 * What the browser tests need from the system: Chromium, and ffmpeg and espeak-ng for test media. On Debian and Ubuntu
 * as root they are installed; elsewhere the command to run is the answer.
 */
import { aptInstall, canUseApt, installCommand } from './apt.mjs';
import { findProgram } from './native/build-addon.mjs';

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

/** @throws {Error} with the command to run, where the tools cannot be installed from here */
export async function ensureTestTools() {
  const packages = missingTestTools();
  if (packages.length === 0) return;
  const command = installCommand(packages);
  if (!canUseApt()) {
    throw new Error(
      `the browser tests need ${packages.join(', ')}. Run:\n  sudo sh -c '${command}'\nor run the tests without a browser: npm run check`,
    );
  }
  const failure = await aptInstall(packages, 'about 1 min, 200 MB', missingTestTools);
  if (failure) throw new Error(`${packages.join(', ')} could not be installed. Run:\n  ${command}`);
}
