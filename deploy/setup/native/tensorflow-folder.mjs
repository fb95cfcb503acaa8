/** A TensorFlow that the user already has: COUNTERPOISE_TENSORFLOW names a folder with lib/ and include/. */
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUILD_TOOLS, buildAddon, requireTools } from './build-addon.mjs';

const LIBRARY = /^libtensorflow(_cc|_framework)?\.(so|dylib)|^libtensorflow.*\.dylib$/;

/** @type {import('./tfjs-node.mjs').Route} */
export const fromFolder = {
  name: 'folder',
  version: '',
  expectation: 'from COUNTERPOISE_TENSORFLOW, the addon is compiled, about 15 s',
  async run({ packageFolder, staging, step, folder }) {
    const home = resolve(folder);
    const [include, libraries] = [join(home, 'include'), join(home, 'lib')];
    if (!existsSync(join(include, 'tensorflow', 'c', 'c_api.h'))) {
      throw new Error(`${home} has no include/tensorflow/c/c_api.h`);
    }
    // A Python installation keeps its libraries beside include, the official archive in lib.
    const source = existsSync(libraries) ? libraries : home;
    requireTools(BUILD_TOOLS);
    linkLibraries(source, join(staging, 'lib'));
    await buildAddon({ packageFolder, staging, include, step });
    return home;
  },
};

/**
 * @param {string} source
 * @param {string} target made; gets a link for each library, and the plain names that the addon's linker asks for
 * @throws {Error} when there is no TensorFlow in source
 */
export function linkLibraries(source, target) {
  mkdirSync(target);
  const names = readdirSync(source).filter((name) => LIBRARY.test(name));
  for (const name of names) symlinkSync(join(source, name), join(target, name));
  for (const plain of ['libtensorflow', 'libtensorflow_framework']) {
    if (names.includes(`${plain}.so`) || names.some((name) => name.endsWith('.dylib'))) continue;
    const versioned = [`${plain}.so.`, ...(plain === 'libtensorflow' ? ['libtensorflow_cc.so'] : [])]
      .map((start) => names.find((name) => name.startsWith(start)))
      .find(Boolean);
    if (!versioned) throw new Error(`${source} has no ${plain}.so`);
    symlinkSync(versioned, join(target, `${plain}.so`));
  }
}
