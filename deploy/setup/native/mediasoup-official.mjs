/** mediasoup's worker as its own install script downloads it, from a host that many networks block. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode } from '../paths.mjs';
import { pinnedEnvironment } from '../pinned-node.mjs';
import { megabytes } from '../progress.mjs';
import { lastWords, runCommand } from '../run-command.mjs';
import { move } from './cache.mjs';
import { sizeOf } from './size.mjs';

const PROBE_MS = 5000;

/** @type {import('./mediasoup.mjs').Route} */
export const fromOfficial = {
  name: 'official',
  source: "mediasoup's own download",
  key: () => '',
  expectation: () => 'the official download, about 10 MB, 10 s',
  prepare: async () =>
    process.env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD
      ? 'not tried, because MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD is set'
      : '',
  async run({ packageFolder, target, step }) {
    await probe(packageFolder);
    const [output, archive] = [
      join(packageFolder, 'worker', 'out'),
      join(packageFolder, 'worker', 'prebuild'),
    ];
    try {
      const outcome = await runCommand(pinnedNode, ['npm-scripts.mjs', 'postinstall'], {
        cwd: packageFolder,
        env: downloadOnly(),
        limitMs: 180_000,
        stallMs: 30_000,
        size: () => sizeOf(output) + sizeOf(archive),
        onTick: (bytes) => step.update(megabytes(bytes)),
      });
      if (!outcome.ok) throw new Error(whyNot(outcome));
      move(join(output, 'Release', 'mediasoup-worker'), target);
    } finally {
      for (const folder of [output, archive]) rmSync(folder, { recursive: true, force: true });
    }
  },
};

/**
 * The script would go on to a build that downloads a compiler's worth of Python packages and sources from the same
 * hosts. Without a Python it ends there: our own build takes over.
 * @returns {NodeJS.ProcessEnv}
 */
function downloadOnly() {
  const { MEDIASOUP_WORKER_BIN: _, MEDIASOUP_LOCAL_DEV: __, ...env } = pinnedEnvironment();
  return { ...env, PYTHON: 'none', MEDIASOUP_FORCE_WORKER_PREBUILT_DOWNLOAD: '1' };
}

/**
 * @param {import('../run-command.mjs').Outcome} outcome
 * @returns {string} what the script said of its download, not of the build that was kept from it
 */
export function whyNot({ output, reason }) {
  const said = output.split('\n').filter((line) => line.includes('downloadPrebuiltWorker() | '));
  const cause = said.at(-1)?.split('downloadPrebuiltWorker() | ')[1]?.trim();
  return cause ?? (lastWords(output) || reason);
}

/**
 * A blocked host shall cost seconds.
 * @param {string} packageFolder
 * @throws {Error} when the host does not answer
 */
async function probe(packageFolder) {
  const { repository } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const base =
    process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || repository.url.replace(/^git\+/, '');
  const { origin, host } = new URL(base);
  try {
    await fetch(origin, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
  } catch {
    throw new Error(`${host} does not answer`);
  }
}
