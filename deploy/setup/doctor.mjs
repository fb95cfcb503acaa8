/** `counterpoise doctor`: each part, its state, what to do about it. Installs nothing; works on a bare clone. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { installCommand } from './apt.mjs';
import { findProgram } from './native/build-addon.mjs';
import { isRunnable } from './native/mediasoup.mjs';
import { readNativeReport } from './native.mjs';
import { packagesAreCurrent } from './packages.mjs';
import { modules, pinnedNode, root } from './paths.mjs';
import { installedVersion, wantedVersion } from './pinned-node.mjs';
import { TEST_TOOLS } from './test-tools.mjs';

const DEFAULT_PORT = 7600;
const BACKBONES = ['COUNTERPOISE_VIDEO_BACKBONE', 'COUNTERPOISE_AUDIO_BACKBONE'];

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {'ok' | 'missing' | 'broken'} state
 * @property {boolean} required false: the product runs without it
 * @property {string} detail what was seen
 * @property {string | null} remedy what to do, null when ok
 * @property {string} [route] how a native part was had, when it is there
 *
 * @typedef {{ok: boolean, parts: Part[]}} DoctorReport  ok: every required part is
 */

/**
 * Looks at everything.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<DoctorReport>}
 */
export async function examine(env = process.env) {
  const parts = [
    node(),
    program('npm', ['npm'], 'installs the packages', 'install npm', true, env),
    packages(),
    pinned(),
    tfjsNode(),
    webRtcWorker(readNativeReport().mediasoup),
    wasm(),
    webcodecs(),
    starter(),
    ...['python3', 'make', 'g++'].map((name) =>
      program(
        name,
        [name],
        'builds the TensorFlow addon',
        installCommand(['python3', 'python3-pip', 'make', 'g++']),
        false,
        env,
      ),
    ),
    ...TEST_TOOLS.map((tool) =>
      program(
        tool.package,
        tool.programs,
        'serves the browser tests only',
        installCommand([tool.package]),
        false,
        env,
      ),
    ),
    ...BACKBONES.flatMap((variable) => backbone(variable, env)),
    dataFolder(env),
    await port(env),
  ];
  return { ok: parts.every((part) => part.state === 'ok' || !part.required), parts };
}

/**
 * The command. `--json` prints the report as JSON.
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code: 1 when a required part is not ok
 */
export async function doctor(args) {
  const unknown = args.find((arg) => arg !== '--json');
  if (unknown) throw new Error(`doctor does not know ${unknown}; it takes --json`);
  const report = await examine();
  console.log(args.includes('--json') ? JSON.stringify(report, null, 2) : table(report));
  return report.ok ? 0 : 1;
}

/**
 * @param {DoctorReport} report
 * @returns {string} one line per part, the remedy below it
 */
export function table({ ok, parts }) {
  const width = Math.max(...parts.map((part) => part.name.length));
  const lines = parts.flatMap(({ name, state, required, detail, remedy }) => {
    const optional = state !== 'ok' && !required ? ' (optional)' : '';
    const line = `${state.padEnd(8)}${name.padEnd(width + 2)}${detail}${optional}`;
    return remedy ? [line, `${' '.repeat(width + 10)}-> ${remedy}`] : [line];
  });
  return [...lines, '', ok ? 'ready' : 'not ready: see the lines above'].join('\n');
}

/**
 * @param {string} name
 * @param {boolean} required
 * @param {string} detail
 * @returns {Part}
 */
function good(name, required, detail) {
  return { name, state: 'ok', required, detail, remedy: null };
}

/** @returns {Part} */
function node() {
  const version = process.versions.node;
  if (Number(version.split('.')[0]) >= 18) return good('Node', true, version);
  return {
    name: 'Node',
    state: 'broken',
    required: true,
    detail: `${version}, expected 18 or newer`,
    remedy: 'install Node 18 or newer',
  };
}

/** @returns {Part} */
function packages() {
  if (packagesAreCurrent()) return good('packages', true, 'as in package-lock.json');
  const detail = existsSync(modules) ? 'node_modules differs from package-lock.json' : 'not installed';
  return {
    name: 'packages',
    state: existsSync(modules) ? 'broken' : 'missing',
    required: true,
    detail,
    remedy: 'npm start',
  };
}

/** @returns {Part} */
function pinned() {
  const [wanted, installed] = [wantedVersion() ?? '', installedVersion()];
  if (installed === wanted) return good('pinned Node', true, wanted);
  const state = installed ? 'broken' : 'missing';
  const detail = `${installed ?? 'none'}, expected ${wanted}`;
  return {
    name: 'pinned Node',
    state,
    required: true,
    detail,
    remedy: 'npm start, or npm rebuild node --ignore-scripts=false',
  };
}

/** @returns {Part} */
function tfjsNode() {
  const name = 'tfjs-node';
  const report = readNativeReport().tfjsNode;
  if (!report)
    return { name, state: 'missing', required: false, detail: 'not set up yet', remedy: 'npm start' };
  if (report.state === 'missing')
    return { name, state: 'missing', required: false, detail: report.detail, remedy: report.remedy };
  const libraries = join(modules, '@tensorflow', 'tfjs-node', 'deps', 'lib');
  if (existsSync(libraries)) return good(name, false, report.detail);
  const detail = 'its libraries are gone from the cache';
  return { name, state: 'broken', required: false, detail, remedy: 'node deploy/setup/native.mjs' };
}

/**
 * mediasoup's worker. Without it live media goes over WebSocket.
 * @param {import('./native.mjs').PartReport | undefined} report what set-up said of it
 * @returns {Part}
 */
export function webRtcWorker(report) {
  const part = /** @type {const} */ ({ name: 'WebRTC worker', required: false });
  if (!report) return { ...part, state: 'missing', detail: 'not set up yet', remedy: 'npm start' };
  const { state, detail, remedy, path, route = '' } = report;
  if (state === 'missing' || !path) return { ...part, state: 'missing', detail, remedy };
  if (isRunnable(path)) return { ...part, state: 'ok', detail, remedy: null, route };
  const seen = existsSync(path) ? `${path} does not run any more` : `${path} is gone`;
  return { ...part, state: 'broken', detail: seen, remedy: 'node deploy/setup/native.mjs', route };
}

/** @returns {Part} */
function wasm() {
  const folder = join(modules, '@tensorflow', 'tfjs-backend-wasm', 'dist');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.wasm')) : [];
  if (files.length > 0) return good('wasm', true, `${files.length} variants`);
  return {
    name: 'wasm',
    state: 'missing',
    required: true,
    detail: 'no .wasm file in tfjs-backend-wasm',
    remedy: 'npm start',
  };
}

const STARTER = join(root, 'src', 'model', 'starter');

/**
 * The weights that a new project's encoders begin as. Without them they begin at random.
 * @param {string} [folder] where they lie
 * @returns {Part}
 */
export function starter(folder = STARTER) {
  const part = /** @type {const} */ ({ name: 'starter', required: false });
  const remedy =
    'git checkout -- src/model/starter, or npm run pretrain; until then new projects begin from random weights';
  try {
    const bin = readFileSync(join(folder, 'starter.bin'));
    const { sha256, steps } = JSON.parse(readFileSync(join(folder, 'starter.json'), 'utf8'));
    const seen = createHash('sha256').update(bin).digest('hex');
    if (seen === sha256) return good(part.name, false, `${seen.slice(0, 12)}, ${steps} steps of pretraining`);
    const detail = `starter.bin has sha-256 ${seen.slice(0, 12)}, starter.json says ${String(sha256).slice(0, 12)}`;
    return { ...part, state: 'broken', detail, remedy };
  } catch {
    return { ...part, state: 'missing', detail: 'starter.bin and starter.json are not both there', remedy };
  }
}

/** Loads it for real: a wrong platform package fails only then. @returns {Part} */
function webcodecs() {
  const name = 'webcodecs';
  const remedy = 'npm start (it must be exactly the version of package-lock.json)';
  if (!existsSync(join(modules, '@napi-rs', 'webcodecs')) || !existsSync(pinnedNode)) {
    return { name, state: 'missing', required: true, detail: 'not installed', remedy };
  }
  const { status, stderr } = spawnSync(pinnedNode, ['-e', "require('@napi-rs/webcodecs')"], {
    cwd: dirname(modules),
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (status === 0) return good(name, true, 'loads');
  const detail = stderr.split('\n').find((line) => line.includes('Error')) ?? 'does not load';
  return { name, state: 'broken', required: true, detail, remedy };
}

/**
 * @param {string} name
 * @param {readonly string[]} programs any of them will do
 * @param {string} purpose
 * @param {string} remedy
 * @param {boolean} required
 * @param {NodeJS.ProcessEnv} env
 * @returns {Part}
 */
function program(name, programs, purpose, remedy, required, env) {
  const found = programs.map((candidate) => findProgram(candidate, env)).find(Boolean);
  return found ? good(name, required, found) : { name, state: 'missing', required, detail: purpose, remedy };
}

/**
 * A plugged-in backbone's files, where the environment names one; whether it fits is seen at the start.
 * @param {string} variable
 * @param {NodeJS.ProcessEnv} env
 * @returns {Part[]}
 */
function backbone(variable, env) {
  const reference = env[variable];
  if (!reference) return [];
  const name = variable.includes('VIDEO') ? 'video backbone' : 'audio backbone';
  if (/^https?:/i.test(reference)) return [good(name, true, `${reference} is downloaded at the first start`)];
  const path = resolve(reference);
  const model = path.endsWith('.json') ? path : join(path, 'model.json');
  if (existsSync(model)) return [good(name, true, model)];
  const remedy = `correct ${variable}: a TensorFlow.js model.json, its folder, or an address`;
  return [{ name, state: 'missing', required: true, detail: `there is no ${model}`, remedy }];
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Part}
 */
function dataFolder(env) {
  const folder = resolve(env.COUNTERPOISE_DATA || 'data');
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
    return good('data folder', true, existing === folder ? folder : `${folder} (made at the first start)`);
  } catch {
    const remedy = `make ${existing} writable, or set COUNTERPOISE_DATA to another folder`;
    return {
      name: 'data folder',
      state: 'broken',
      required: true,
      detail: `${existing} is not writable`,
      remedy,
    };
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Part>}
 */
function port(env) {
  const number = Number(env.COUNTERPOISE_PORT || DEFAULT_PORT);
  const remedy = 'stop what listens there, or set COUNTERPOISE_PORT (or --port) to another one';
  /** @param {string} detail @returns {Part} */
  const bad = (detail) => ({ name: 'port', state: 'broken', required: true, detail, remedy });
  if (!Number.isInteger(number) || number < 0 || number > 65535) {
    return Promise.resolve(bad(`COUNTERPOISE_PORT is ${env.COUNTERPOISE_PORT}, expected 0 to 65535`));
  }
  return new Promise((done) => {
    const server = createServer();
    server.on('error', (error) => done(bad(`${number} cannot be used: ${error.message}`)));
    server.listen(number, '127.0.0.1', () =>
      server.close(() => done(good('port', true, `${number} is free`))),
    );
  });
}
