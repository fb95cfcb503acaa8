/** Where things are: the project, its pinned Node, the marks in node_modules and the cache outside it. */
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, wherever the command was typed. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** node_modules of the project; may not exist yet. */
export const modules = join(root, 'node_modules');

/** What the set-up remembers about this clone. In node_modules, so that removing that folder forgets it. */
export const memory = join(modules, '.counterpoise');

/** The state of the native parts, read by the server to say why it uses which backend. */
export const nativeFile = join(memory, 'native.json');

/** The Node that runs everything of ours. */
export const pinnedNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Where native parts are kept across clones: COUNTERPOISE_CACHE, else the user's cache folder.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string} an absolute path, not created
 */
export function cacheFolder(env = process.env) {
  if (env.COUNTERPOISE_CACHE) return env.COUNTERPOISE_CACHE;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'counterpoise');
}

/**
 * Whether a module is the program that was started, and not an import.
 * @param {string} url the module's `import.meta.url`
 */
export function isEntry(url) {
  const started = process.argv[1];
  return started !== undefined && existsSync(started) && realpathSync(started) === fileURLToPath(url);
}
