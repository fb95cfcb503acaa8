/**
 * From a fresh clone to a program that can run: packages, the pinned Node, native parts, the build. Repeatable.
 * `node deploy/setup/prepare.mjs` does that and starts nothing: for an image.
 */
import { build } from './build.mjs';
import { ensureNativeParts } from './native.mjs';
import { ensurePackages } from './packages.mjs';
import { isEntry } from './paths.mjs';
import { ensurePinnedNode } from './pinned-node.mjs';

const OLDEST_NODE = 18;

/**
 * Does what is not done yet and says so; silent and quick when there is nothing to do.
 * @throws {Error} with what to do; a native part that cannot be had is not an error
 */
export async function prepare() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE)
    throw new Error(`Node ${process.versions.node} is too old: install Node ${OLDEST_NODE} or newer`);
  await ensurePackages();
  await ensurePinnedNode();
  await ensureNativeParts();
  await build();
}

/**
 * Runs a program's main function: its number is the exit code, its error one readable message.
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  endWithNpm();
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

/**
 * npm puts a shell between itself and a script, and that shell dies of a SIGTERM without passing it on: `kill` of an
 * `npm start` would leave a server behind. Started in another way, a parent may go (nohup, disown).
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}

if (isEntry(import.meta.url)) {
  await runMain(async () => {
    await prepare();
    return 0;
  });
}
