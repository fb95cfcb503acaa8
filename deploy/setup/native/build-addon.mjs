/** Compiles tfjs-node's addon, whose source is in the npm package, against a TensorFlow that is already there. */
import { copyFileSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { modules, pinnedNode } from '../paths.mjs';
import { ensurePinnedNode, headersFolder, pinnedEnvironment } from '../pinned-node.mjs';
import { runCommand } from '../run-command.mjs';

/** What node-gyp needs. */
export const BUILD_TOOLS = ['python3', 'make', 'g++'];

/**
 * @param {readonly string[]} tools programs that must be in PATH
 * @throws {Error} naming those that are not installed
 */
export function requireTools(tools) {
  const absent = tools.filter((tool) => !findProgram(tool));
  if (absent.length > 0) throw new Error(`not installed: ${absent.join(', ')}`);
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} the program's path
 */
export function findProgram(name, env = process.env) {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders
    .flatMap((folder) => extensions.map((end) => join(folder, name + end)))
    .find((file) => existsSync(file));
}

/**
 * Builds and puts the addon into `staging/addon/`.
 * @param {{packageFolder: string, staging: string, include: string, step: import('../progress.mjs').Step}} options
 *   staging/lib holds the libraries; include is TensorFlow's include folder
 * @throws {Error} with the compiler's last word
 */
export async function buildAddon({ packageFolder, staging, include, step }) {
  await ensurePinnedNode({ headers: true });
  const deps = join(packageFolder, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(deps);
  symlinkSync(join(staging, 'lib'), join(deps, 'lib'));
  symlinkSync(include, join(deps, 'include'));
  const program = join(modules, '@mapbox', 'node-pre-gyp', 'bin', 'node-pre-gyp');
  const args = [program, 'install', '--build-from-source', `--nodedir=${headersFolder()}`];
  const { ok, reason } = await runCommand(pinnedNode, args, {
    cwd: packageFolder,
    env: buildEnvironment(),
    limitMs: 1_200_000,
    onTick: () => step.update('compiling the addon, about 15 s'),
  });
  if (!ok) throw new Error(`compiling the addon failed: ${reason}`);
  mkdirSync(join(staging, 'addon'));
  copyFileSync(
    join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node'),
    join(staging, 'addon', 'tfjs_binding.node'),
  );
}

/**
 * npm's node-gyp for node-pre-gyp, which would look for it beside the pinned Node, where there is no npm. A nodedir of
 * the user's own settings is dropped: the headers must be those of the pinned Node.
 * @returns {NodeJS.ProcessEnv}
 */
export function buildEnvironment() {
  const { npm_config_nodedir: _, npm_config_node_gyp: given, ...env } = pinnedEnvironment();
  const gyp = given ?? npmNodeGyp();
  return gyp ? { ...env, npm_config_node_gyp: gyp } : env;
}

/** @returns {string | undefined} the node-gyp that npm brings */
function npmNodeGyp() {
  const npm = process.env.npm_execpath ?? findProgram('npm');
  if (!npm) return undefined;
  try {
    return createRequire(realpathSync(npm)).resolve('node-gyp/bin/node-gyp.js');
  } catch {
    return undefined;
  }
}
