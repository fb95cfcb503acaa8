/**
 * The native part mediasoup: its worker, the process that speaks ICE, DTLS and SRTP.
 *
 * Routes, first success wins: a worker that the user names (`none` does without), what the cache holds, mediasoup's own
 * download, a build from the sources in the npm package. Without any of them media goes over WebSocket only. A worker
 * counts when it has exchanged packets with a peer (accept-mediasoup.mjs), because a wrong one starts all the same.
 *
 * The report in node_modules/.counterpoise/native.json under `mediasoup`:
 * - `state` is `ready` or `missing`, `detail` and `remedy` are for a person, `remedy` is null when ready;
 * - `path`, only when ready, is the absolute path of the worker's executable: for mediasoup's `workerBin` or
 *   MEDIASOUP_WORKER_BIN. Check that the file is still there: mediasoup throws past every handler where it is not;
 * - `route`, only when ready: `folder` (the user's own), `official` or `build`.
 * A cache entry is one file, `mediasoup-worker`; the server uses it where it lies.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { modules, pinnedNode, root } from '../paths.mjs';
import { pinnedEnvironment } from '../pinned-node.mjs';
import { startStep } from '../progress.mjs';
import { lastWords, runCommand } from '../run-command.mjs';
import { fingerprint, isDone, markDone } from '../stamps.mjs';
import { commitStaging, entryFolder, openStaging } from './cache.mjs';
import { buildRemedy, fromSources, missingBuildPackages } from './mediasoup-build.mjs';
import { fromOfficial } from './mediasoup-official.mjs';

const STEP = 'mediasoup';
const TITLE = 'WebRTC worker';
const PACKAGE = join(modules, 'mediasoup');
const WORKER = process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker';
const ROUTES = [fromOfficial, fromSources];
const NO_PARENT = 41; // the worker's exit code when nobody told it mediasoup's version (its main.cpp)
const AGAIN = 'node deploy/setup/native.mjs';

/**
 * @typedef {'folder' | 'official' | 'build'} RouteName
 * @typedef {{state: 'ready', route: RouteName, path: string, detail: string, remedy: null}} Ready
 * @typedef {{state: 'missing', detail: string, remedy: string}} Missing
 */

/**
 * How a worker is had. `prepare` gets what the route needs, with steps of its own, and answers why it cannot or ''.
 * `run` puts the worker at `target`, works in the folder `staging` around it, says on `step` how far it is and throws
 * with one line for a person. `key` tells builds of one version apart.
 * @typedef {{packageFolder: string, staging: string, target: string, step: import('../progress.mjs').Step}} RouteContext
 * @typedef {{name: 'official' | 'build', source: string, key: () => string, expectation: () => string, prepare: () => Promise<string>, run: (context: RouteContext) => Promise<void>}} Route
 */

/**
 * Makes a worker ready if it can be had, and says what came of it. Never throws for a worker that cannot be had.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Ready | Missing>}
 */
export async function ensureMediasoup(env = process.env) {
  const given = givenWorker(env);
  if (given === 'none') {
    const detail = 'not set up, because COUNTERPOISE_MEDIASOUP_WORKER is none';
    return { state: 'missing', detail, remedy: `unset COUNTERPOISE_MEDIASOUP_WORKER, then ${AGAIN}` };
  }
  if (given) return useGiven(given);
  for (const route of ROUTES) {
    const path = join(entryFolder(entryKey(route)), WORKER);
    if (existsSync(path) && (await adopt(path, 'from the cache, 2 s')) === '') return ready(route, path);
  }
  /** @type {string[]} */
  const reasons = [];
  for (const route of ROUTES) {
    const reason = await make(route);
    if (reason === '') return ready(route, join(entryFolder(entryKey(route)), WORKER));
    reasons.push(`${route.name}: ${reason}`);
  }
  return { state: 'missing', detail: reasons.join('; '), remedy: remedyNow() };
}

/**
 * What decides whether a worker that could not be had is tried for again.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string}
 */
export function mediasoupAsked(env = process.env) {
  return [givenWorker(env), ...missingBuildPackages(env), ...ROUTES.map(entryKey)].join('|');
}

/**
 * Whether the file is a worker that runs here: linked against libraries that are there, for this processor.
 * @param {string} path
 * @returns {boolean} after about 10 ms
 */
export function isRunnable(path) {
  const { MEDIASOUP_VERSION: _, ...env } = process.env;
  return spawnSync(path, [], { env, stdio: 'ignore', timeout: 10_000 }).status === NO_PARENT;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} what the user named, '' for nothing; mediasoup's own variable counts as well
 */
function givenWorker(env) {
  return env.COUNTERPOISE_MEDIASOUP_WORKER || env.MEDIASOUP_WORKER_BIN || '';
}

/**
 * @param {string} given an executable, or a folder with one
 * @returns {Promise<Ready | Missing>}
 */
async function useGiven(given) {
  const candidates = [
    resolve(given),
    resolve(given, WORKER),
    resolve(given, 'worker', 'out', 'Release', WORKER),
  ];
  const path = candidates.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  const reason = path ? await adopt(path, `${path}, 2 s`) : `there is no ${WORKER}`;
  if (path && reason === '') {
    return { state: 'ready', route: 'folder', path, detail: `the given ${path}`, remedy: null };
  }
  const detail = `COUNTERPOISE_MEDIASOUP_WORKER is ${given}: ${reason}`;
  return {
    state: 'missing',
    detail,
    remedy: `correct or unset COUNTERPOISE_MEDIASOUP_WORKER, then ${AGAIN}`,
  };
}

/**
 * Takes a worker that is already there; checked with a peer once per clone.
 * @param {string} path
 * @param {string} expectation
 * @returns {Promise<string>} '' or why it does not work here
 */
async function adopt(path, expectation) {
  if (isDone(STEP, acceptedKey(path)) && isRunnable(path)) return '';
  const step = startStep(TITLE, expectation);
  const failure = await accept(path);
  if (failure) {
    step.failed(`${path} does not work here: ${failure}`);
    return failure;
  }
  markDone(STEP, acceptedKey(path));
  step.done();
  return '';
}

/**
 * @param {Route} route
 * @returns {Promise<string>} '' or why it failed
 */
async function make(route) {
  const lacking = await route.prepare();
  if (lacking) return lacking;
  const key = entryKey(route);
  const staging = openStaging(key);
  const step = startStep(`${TITLE} (${route.name})`, route.expectation());
  try {
    const target = join(staging, WORKER);
    await route.run({ packageFolder: PACKAGE, staging, target, step });
    chmodSync(target, 0o755);
    step.update('connecting a peer');
    const failure = await accept(target);
    if (failure) throw new Error(failure);
    rmSync(entryFolder(key), { recursive: true, force: true });
    markDone(STEP, acceptedKey(join(commitStaging(staging, key), WORKER)));
    step.done();
    return '';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    step.failed(reason);
    return reason;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * @param {string} path
 * @returns {Promise<string>} '' when the worker has exchanged packets with a peer
 */
async function accept(path) {
  if (!isRunnable(path)) return 'it is no mediasoup worker that runs on this machine';
  const program = join(root, 'deploy', 'setup', 'native', 'accept-mediasoup.mjs');
  const env = { ...pinnedEnvironment(), MEDIASOUP_WORKER_BIN: path };
  const { ok, output, reason } = await runCommand(pinnedNode, [program], { env, limitMs: 60_000 });
  return ok ? '' : lastWords(output) || reason;
}

/** @param {Route} route */
function entryKey(route) {
  return [STEP, version(), process.platform, process.arch, route.name, route.key()].filter(Boolean).join('-');
}

/** @returns {string} of the installed package, which the lock pins */
function version() {
  return JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version;
}

/** @param {string} path */
function acceptedKey(path) {
  const { size, mtimeMs } = statSync(path);
  return fingerprint([], version(), path, String(size), String(mtimeMs));
}

/**
 * @param {Route} route
 * @param {string} path
 * @returns {Ready}
 */
function ready(route, path) {
  return { state: 'ready', route: route.name, path, detail: `${route.source}, ${path}`, remedy: null };
}

/** @returns {string} */
function remedyNow() {
  const install = buildRemedy();
  if (install) return `${install}, then ${AGAIN}`;
  return `with network access: ${AGAIN}; or set COUNTERPOISE_MEDIASOUP_WORKER to a mediasoup-worker ${version()}`;
}
