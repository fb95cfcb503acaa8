/** TensorFlow as tfjs-node's own install script downloads it, from a host that many networks block. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pinnedNode } from '../paths.mjs';
import { megabytes } from '../progress.mjs';
import { runCommand } from '../run-command.mjs';
import { buildEnvironment } from './build-addon.mjs';
import { move } from './cache.mjs';
import { sizeOf } from './size.mjs';

const PROBE_MS = 5000;
const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/** @type {import('./tfjs-node.mjs').Route} */
export const fromOfficial = {
  name: 'official',
  version: '',
  expectation: 'the official download, about 150 MB, 1 to 3 min',
  async run({ packageFolder, staging, step }) {
    await probe(packageFolder);
    const folders = ['deps', 'lib', 'build'].map((name) => join(packageFolder, name));
    const { ok, reason } = await runCommand(pinnedNode, [join('scripts', 'install.js')], {
      cwd: packageFolder,
      env: buildEnvironment(),
      limitMs: 1_200_000,
      stallMs: 45_000,
      size: () => folders.reduce((sum, folder) => sum + sizeOf(folder), 0),
      onTick: (bytes) => step.update(`${megabytes(bytes)} unpacked of about 400 MB`),
    });
    if (!ok) throw new Error(reason);
    move(join(packageFolder, 'deps', 'lib'), join(staging, 'lib'));
    move(join(packageFolder, 'lib', 'napi-v8'), join(staging, 'addon'));
    return 'TensorFlow 2.9.1';
  },
};

/**
 * A blocked host shall cost seconds. Behind a proxy the script itself has to find out, within its own limits.
 * @param {string} packageFolder
 * @throws {Error} when the host does not answer
 */
async function probe(packageFolder) {
  if (PROXIES.some((name) => process.env[name])) return;
  const { binary } = createRequire(join(packageFolder, 'package.json'))('./package.json');
  const { host } = new URL(process.env.CDN_STORAGE ?? process.env.TFJS_NODE_CDN_STORAGE ?? binary.host);
  try {
    await fetch(`https://${host}/`, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
  } catch {
    throw new Error(`${host} does not answer`);
  }
}
