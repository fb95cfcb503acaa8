/**
 * The two things that are built: static code from the wire's definition, and the page. Each step is skipped while its
 * inputs are those of the last build. The server is not built: the pinned Node runs its TypeScript (ADR 0001).
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isEntry, memory, modules, pinnedNode, root } from './paths.mjs';
import { pinnedEnvironment } from './pinned-node.mjs';
import { startStep } from './progress.mjs';
import { runCommand } from './run-command.mjs';
import { fingerprint, isDone, markDone } from './stamps.mjs';

const LIMIT_MS = 600_000;

/**
 * encode and decode only, int64 as numbers. The import has a file ending because Node's ESM resolver asks for it.
 * Comments stay: the types are made from them, and the page's bundle drops them.
 */
const PBJS_OPTIONS = [
  ...['-t', 'static-module', '-w', 'esm', '--dependency', 'protobufjs/minimal.js', '--force-number', '--dts'],
  ...['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service'],
];

/**
 * @typedef {object} BuildStep
 * @property {string} name
 * @property {string} expectation
 * @property {readonly string[]} inputs files and folders, all hashed
 * @property {readonly string[]} outputs all exist after a build
 * @property {() => Promise<import('./run-command.mjs').Outcome>} run
 */

/** @type {BuildStep} */
const WIRE = {
  name: 'wire',
  expectation: 'static code from proto/counterpoise.proto, 3 s',
  inputs: [join(root, 'proto', 'counterpoise.proto'), join(root, 'deploy', 'setup', 'build.mjs')],
  outputs: ['counterpoise.js', 'counterpoise.d.ts'].map((name) => join(root, 'proto', 'generated', name)),
  run: compileWire,
};

/** @type {BuildStep} */
const PAGE = {
  name: 'page',
  expectation: 'vite build, 10 s',
  inputs: ['client', 'proto', 'src', 'tsconfig.json'].map((name) => join(root, name)),
  outputs: [join(root, 'dist', 'client', 'index.html')],
  run: () => tool(join('vite', 'bin', 'vite.js'), ['build', '--config', join('client', 'vite.config.ts')]),
};

/**
 * Builds what changed. Expects packages and the pinned Node.
 * @throws {Error} with the tool's output
 */
export async function build() {
  await buildStep(WIRE);
  if (existsSync(join(root, 'client', 'vite.config.ts'))) await buildStep(PAGE);
  else console.error('  ..  page: skipped, client/vite.config.ts does not exist');
}

/** @param {BuildStep} step */
async function buildStep({ name, expectation, inputs, outputs, run }) {
  const key = fingerprint([...inputs, join(root, 'package-lock.json')]);
  if (isDone(name, key) && outputs.every((file) => existsSync(file))) return;
  const step = startStep(name, expectation);
  const result = await run();
  if (!result.ok || !outputs.every((file) => existsSync(file))) {
    step.failed(result.reason || 'the build wrote nothing');
    throw new Error(`building the ${name} failed:\n${result.output.trim()}`);
  }
  markDone(name, key);
  step.done();
}

/** Into a folder beside, then renamed file by file: a running test never reads half a file. */
async function compileWire() {
  const scratch = join(memory, `wire-${process.pid}`);
  mkdirSync(scratch, { recursive: true });
  mkdirSync(join(root, 'proto', 'generated'), { recursive: true });
  const source = join('proto', 'counterpoise.proto');
  const out = join(scratch, 'counterpoise.js');
  const result = await tool(join('protobufjs-cli', 'bin', 'pbjs'), [...PBJS_OPTIONS, '-o', out, source]);
  if (result.ok) {
    for (const name of ['counterpoise.js', 'counterpoise.d.ts']) {
      renameSync(join(scratch, name), join(root, 'proto', 'generated', name));
    }
  }
  rmSync(scratch, { recursive: true, force: true });
  return result;
}

/**
 * A package's program on the pinned Node.
 * @param {string} program path below node_modules
 * @param {readonly string[]} args
 */
function tool(program, args) {
  const env = pinnedEnvironment();
  return runCommand(pinnedNode, [join(modules, program), ...args], { cwd: root, env, limitMs: LIMIT_MS });
}

if (isEntry(import.meta.url)) await build();
