/**
 * The native part @tensorflow/tfjs-node: TensorFlow's shared libraries and the addon that binds them to Node.
 *
 * Routes, first success wins: a folder that the user names, what the cache holds, the package's own download, the
 * TensorFlow in a Python wheel. Without any of them the product computes with wasm.
 * A cache entry is `lib/` (shared libraries) and `addon/tfjs_binding.node`; node_modules gets a copy of the addon, which
 * looks for its libraries at $ORIGIN/../../deps/lib, and a link from there to the entry. So a clone may be moved.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { modules, pinnedNode, root } from '../paths.mjs';
import { pinnedEnvironment } from '../pinned-node.mjs';
import { startStep } from '../progress.mjs';
import { lastWords, runCommand } from '../run-command.mjs';
import { fingerprint, isDone, markDone } from '../stamps.mjs';
import { commitStaging, entryFolder, openStaging } from './cache.mjs';
import { fromFolder } from './tensorflow-folder.mjs';
import { fromOfficial } from './tensorflow-official.mjs';
import { fromWheel } from './tensorflow-wheel.mjs';

const STEP = 'tfjs-node';
const PACKAGE = join(modules, '@tensorflow', 'tfjs-node');
const ADDON = 'tfjs_binding.node';
const ADDON_FOLDER = join(PACKAGE, 'lib', 'napi-v8'); // 8 is the newest N-API version that the package declares
const BACKENDS = ['auto', 'graph', 'eager', 'wasm'];

/** @typedef {{state: 'official' | 'wheel' | 'folder' | 'missing', detail: string, remedy: string | null}} PartState */

/**
 * What a route gets: the package to build in, the folder to fill with `lib/` and `addon/`, and where to say how far it
 * is. It throws with one line for a person.
 * @typedef {{packageFolder: string, staging: string, step: import('../progress.mjs').Step, folder: string}} RouteContext
 * @typedef {{name: 'official' | 'wheel' | 'folder', version: string, expectation: string, run: (context: RouteContext) => Promise<string>}} Route
 */

/**
 * Makes tfjs-node work if it can be had, and says what came of it. Never throws for a part that cannot be had.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<PartState>}
 */
export async function ensureTfjsNode(env = process.env) {
  const backend = env.COUNTERPOISE_BACKEND || 'auto';
  if (!BACKENDS.includes(backend)) {
    return missing(
      `COUNTERPOISE_BACKEND is ${backend}, expected one of ${BACKENDS.join(', ')}`,
      'correct COUNTERPOISE_BACKEND',
    );
  }
  if (backend === 'wasm')
    return missing(
      'not set up, because COUNTERPOISE_BACKEND is wasm',
      'unset COUNTERPOISE_BACKEND and start again',
    );
  const folder = env.COUNTERPOISE_TENSORFLOW ?? '';
  const routes = folder ? [fromFolder] : [fromOfficial, fromWheel];
  /** @type {string[]} */
  const reasons = [];
  for (const route of routes) {
    const key = entryKey(route, folder);
    if (existsSync(entryFolder(key)) && (await adopt(key)) === '') return ready(route.name, key);
  }
  for (const route of routes) {
    const reason = await build(route, folder);
    if (reason === '') return ready(route.name, entryKey(route, folder));
    reasons.push(`${route.name}: ${reason}`);
  }
  return missing(reasons.join('; '), remedyFor(reasons));
}

/**
 * @param {Route} route
 * @param {string} folder
 * @returns {Promise<string>} '' or why it failed
 */
async function build(route, folder) {
  const key = entryKey(route, folder);
  const staging = openStaging(key);
  const step = startStep(`TensorFlow (${route.name})`, route.expectation);
  try {
    clean();
    const detail = await route.run({ packageFolder: PACKAGE, staging, step, folder });
    link(staging);
    step.update('checking a convolution and its gradient');
    const failure = await accept();
    if (failure) throw new Error(failure);
    rmSync(entryFolder(key), { recursive: true, force: true });
    link(commitStaging(staging, key));
    markDone(STEP, acceptedKey(key));
    step.done(detail);
    return '';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    step.failed(reason);
    clean();
    return reason;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Links a cached entry into this clone; checked by computing, once per clone.
 * @param {string} key
 * @returns {Promise<string>} '' or why the entry does not work here
 */
async function adopt(key) {
  if (isDone(STEP, acceptedKey(key)) && isLinked()) return '';
  const step = startStep('TensorFlow', 'from the cache, 3 s');
  link(entryFolder(key));
  const failure = await accept();
  if (failure) {
    step.failed(`the cached build does not work here: ${failure}`);
    return failure;
  }
  markDone(STEP, acceptedKey(key));
  step.done();
  return '';
}

/** @returns {Promise<string>} '' when one convolution's forward and gradient agree with the pure JS backend */
async function accept() {
  const program = join(root, 'deploy', 'setup', 'native', 'accept-tfjs-node.mjs');
  const env = { ...pinnedEnvironment(), TF_CPP_MIN_LOG_LEVEL: '2' };
  const { ok, output, reason } = await runCommand(pinnedNode, [program], { env, limitMs: 120_000 });
  return ok ? '' : lastWords(output) || reason;
}

/** @param {string} entry a folder with lib/ and addon/ */
function link(entry) {
  const deps = join(PACKAGE, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(deps);
  symlinkSync(join(entry, 'lib'), join(deps, 'lib'), 'junction');
  mkdirSync(ADDON_FOLDER, { recursive: true });
  // Removed first: a running server may have the old one mapped.
  rmSync(join(ADDON_FOLDER, ADDON), { force: true });
  copyFileSync(join(entry, 'addon', ADDON), join(ADDON_FOLDER, ADDON));
}

/** Takes everything away that a half-done build or an old link may have left in the package. */
function clean() {
  for (const name of ['deps', 'lib', 'build', 'build-tmp-napi-v8']) {
    rmSync(join(PACKAGE, name), { recursive: true, force: true });
  }
}

/** @returns {boolean} whether the addon and its libraries are where they are looked for */
function isLinked() {
  const libraries = join(PACKAGE, 'deps', 'lib');
  return existsSync(join(ADDON_FOLDER, ADDON)) && existsSync(libraries) && readdirSync(libraries).length > 0;
}

/**
 * @param {Route} route
 * @param {string} folder the user's TensorFlow, '' for none
 */
function entryKey(route, folder) {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  const source = route.name === 'folder' ? fingerprint([], folder).slice(0, 12) : route.version;
  const words = ['tfjs-node', version, process.platform, process.arch, route.name, source];
  return words.filter(Boolean).join('-');
}

/** @param {string} key */
function acceptedKey(key) {
  return fingerprint([join(root, 'package-lock.json')], entryFolder(key), PACKAGE);
}

/**
 * @param {'official' | 'wheel' | 'folder'} state
 * @param {string} key
 * @returns {PartState}
 */
function ready(state, key) {
  const source = {
    official: "the package's own download",
    wheel: 'the TensorFlow of a Python wheel',
    folder: 'COUNTERPOISE_TENSORFLOW',
  };
  return { state, detail: `${source[state]}, in ${entryFolder(key)}`, remedy: null };
}

/**
 * @param {string} detail
 * @param {string} remedy
 * @returns {PartState}
 */
function missing(detail, remedy) {
  return { state: 'missing', detail, remedy };
}

/** @param {readonly string[]} reasons */
function remedyFor(reasons) {
  const again = 'node deploy/setup/native.mjs';
  if (reasons.some((reason) => reason.startsWith('folder:'))) {
    return `point COUNTERPOISE_TENSORFLOW at a folder with lib/ and include/, then ${again}`;
  }
  if (reasons.some((reason) => reason.includes('not installed'))) {
    return `apt-get install -y python3 python3-pip make g++, then ${again}`;
  }
  return `with network access: ${again}; or set COUNTERPOISE_TENSORFLOW to a folder with lib/ and include/`;
}
