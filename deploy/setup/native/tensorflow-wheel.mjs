/** TensorFlow from the Python wheel: its libraries hold every C symbol that the addon needs (checked with 2.21). */
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { megabytes } from '../progress.mjs';
import { runCommand } from '../run-command.mjs';
import { BUILD_TOOLS, buildAddon, requireTools } from './build-addon.mjs';
import { sizeOf } from './size.mjs';

const VERSION = '2.21.0';
const SYSTEMS = {
  x64: { name: 'tensorflow-cpu', tag: 'x86_64' },
  arm64: { name: 'tensorflow', tag: 'aarch64' },
};

/** Unpacks the two libraries and the headers; argv: wheel, folder. */
const UNPACK = `
import sys, zipfile
wanted = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if name in wanted or name.startswith('tensorflow/include/'):
            wheel.extract(name, sys.argv[2])
`;

/** @type {import('./tfjs-node.mjs').Route} */
export const fromWheel = {
  name: 'wheel',
  version: VERSION,
  expectation: 'a Python wheel, 270 MB to download, 850 MB on disk, 1 to 5 min',
  async run({ packageFolder, staging, step }) {
    const system = process.arch === 'x64' || process.arch === 'arm64' ? SYSTEMS[process.arch] : undefined;
    if (process.platform !== 'linux' || !system) {
      throw new Error(`no wheel is known to work on ${process.platform} ${process.arch}`);
    }
    requireTools(BUILD_TOOLS);
    const wheel = await download(`${system.name}==${VERSION}`, system.tag, staging, step);
    step.update('unpacking');
    const unpacked = join(staging, 'wheel');
    const { ok, reason } = await runCommand('python3', ['-c', UNPACK, wheel, unpacked], { limitMs: 300_000 });
    if (!ok) throw new Error(`unpacking the wheel failed: ${reason}`);
    rmSync(join(staging, 'download'), { recursive: true, force: true });
    arrange(join(unpacked, 'tensorflow'), staging);
    await buildAddon({ packageFolder, staging, include: join(unpacked, 'tensorflow', 'include'), step });
    rmSync(unpacked, { recursive: true, force: true });
    return `TensorFlow ${VERSION}`;
  },
};

/**
 * @param {string} requirement
 * @param {string} tag the processor as wheels spell it
 * @param {string} staging
 * @param {import('../progress.mjs').Step} step
 * @returns {Promise<string>} the wheel's path
 */
async function download(requirement, tag, staging, step) {
  const [folder, temporary] = [join(staging, 'download'), join(staging, 'pip')];
  mkdirSync(folder);
  mkdirSync(temporary);
  // Only the libraries are used, so the wheel of any Python will do, whatever Python this machine has.
  const wheelOf = ['--only-binary=:all:', '--python-version', '3.11', '--platform', `manylinux_2_27_${tag}`];
  const limits = ['--retries', '1', '--timeout', '15', '--no-cache-dir', '--disable-pip-version-check'];
  const args = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--no-input',
    ...limits,
    ...wheelOf,
    '-d',
    folder,
    requirement,
  ];
  const size = () => sizeOf(temporary) + sizeOf(folder);
  const result = await runCommand('python3', args, {
    env: { ...process.env, TMPDIR: temporary },
    limitMs: 3_600_000,
    stallMs: 90_000,
    size,
    onTick: (bytes) => step.update(`${megabytes(bytes)} of 274 MB`),
  });
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  rmSync(temporary, { recursive: true, force: true });
  if (/No module named pip/.test(result.output)) throw new Error('not installed: python3-pip');
  if (!result.ok || !wheel) throw new Error(`pip download ${requirement} failed: ${result.reason}`);
  return join(folder, wheel);
}

/**
 * Gives the libraries the names that the addon's linker asks for.
 * @param {string} tensorflow the unpacked wheel
 * @param {string} staging gets lib/
 */
function arrange(tensorflow, staging) {
  const lib = join(staging, 'lib');
  mkdirSync(lib);
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
    renameSync(join(tensorflow, name), join(lib, name));
  symlinkSync('libtensorflow_cc.so.2', join(lib, 'libtensorflow.so'));
  symlinkSync('libtensorflow_framework.so.2', join(lib, 'libtensorflow_framework.so'));
}
