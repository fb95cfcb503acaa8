/** mediasoup's worker compiled from the sources in its npm package, see mediasoup-worker/CMakeLists.txt. */
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { aptInstall, canUseApt, installCommand, readOsRelease } from '../apt.mjs';
import { root } from '../paths.mjs';
import { runCommand } from '../run-command.mjs';
import { fingerprint } from '../stamps.mjs';
import { findProgram } from './build-addon.mjs';

const RECIPE = join(root, 'deploy', 'setup', 'native', 'mediasoup-worker');
const CPU_MINUTES = 9; // of one core, measured with g++ 12; on a busy machine it takes longer
const BYTES_PER_JOB = 1e9; // what g++ takes for the largest file, with room
const NICENESS = '10'; // a machine that builds shall stay usable

/** Debian's names of what the recipe asks for, each with what proves it: a program, a pkg-config module, a header. */
const NEEDS = [
  { package: 'cmake', program: 'cmake' },
  { package: 'ninja-build', program: 'ninja' },
  { package: 'g++', program: 'g++' },
  { package: 'pkg-config', program: 'pkg-config' },
  { package: 'flatbuffers-compiler', program: 'flatc' },
  { package: 'libuv1-dev', module: 'libuv' },
  { package: 'libssl-dev', module: 'openssl' },
  { package: 'libsrtp2-dev', module: 'libsrtp2' },
  { package: 'libabsl-dev', module: 'absl_flat_hash_map' },
  // Debian 12 has flatbuffers.pc in the package of the library, which is there without the headers.
  { package: 'libflatbuffers-dev', module: 'flatbuffers', header: 'flatbuffers/flatbuffers.h' },
];

/** @type {import('./mediasoup.mjs').Route} */
export const fromSources = {
  name: 'build',
  source: 'compiled here from the sources in the npm package',
  key: () => fingerprint([RECIPE], systemRelease(readOsRelease())).slice(0, 12),
  expectation: () => {
    const jobs = parallelJobs();
    return `compiling its sources, about ${Math.ceil(CPU_MINUTES / jobs)} min on ${jobs} cores`;
  },
  async prepare() {
    if (process.platform !== 'linux') return `the build is not known to work on ${process.platform}`;
    const packages = missingBuildPackages();
    if (packages.length === 0) return '';
    const failure = canUseApt()
      ? await aptInstall(packages, 'to compile the WebRTC worker, about 30 s, 100 MB', missingBuildPackages)
      : 'installing them takes root on Debian or Ubuntu';
    return failure && `not installed: ${packages.join(', ')} (${failure})`;
  },
  async run({ packageFolder, staging, target, step }) {
    const build = join(staging, 'build');
    step.update('configuring');
    const options = [`-DPACKAGE=${packageFolder}`, '-DCMAKE_BUILD_TYPE=Release'];
    const configured = await runCommand('cmake', ['-S', RECIPE, '-B', build, '-G', 'Ninja', ...options], {
      limitMs: 120_000,
    });
    if (!configured.ok) throw new Error(`configuring failed: ${configured.reason}`);
    const compile = ['cmake', '--build', build, '--parallel', String(parallelJobs())];
    const [program = '', ...args] = findProgram('nice') ? ['nice', '-n', NICENESS, ...compile] : compile;
    const compiled = await runCommand(program, args, {
      limitMs: 3_600_000,
      stallMs: 900_000,
      onTick: (_, output) => step.update(compileProgress(output)),
    });
    if (!compiled.ok) throw new Error(`compiling failed: ${compiled.reason}`);
    renameSync(join(build, 'mediasoup-worker'), target);
    rmSync(build, { recursive: true, force: true });
  },
};

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]} the Debian packages that the build lacks
 */
export function missingBuildPackages(env = process.env) {
  const pkgConfig = findProgram('pkg-config', env);
  const has = (/** @type {string} */ module, /** @type {string | undefined} */ header) => {
    if (!pkgConfig) return false;
    const asked = header ? '--variable=includedir' : '--exists';
    const { status, stdout } = spawnSync(pkgConfig, [asked, module], { env, encoding: 'utf8' });
    return status === 0 && (!header || existsSync(join(stdout.trim(), header)));
  };
  return NEEDS.filter(({ program, module = '', header }) =>
    program ? !findProgram(program, env) : !has(module, header),
  ).map((need) => need.package);
}

/** @returns {string | null} the command that installs what the build lacks, null when nothing is lacking */
export function buildRemedy() {
  const packages = missingBuildPackages();
  if (packages.length === 0) return null;
  const command = installCommand(packages);
  return process.getuid?.() === 0 ? command : `sudo sh -c '${command}'`;
}

/**
 * What a compiled worker belongs to, because its libraries are the system's.
 * @param {string} osRelease the text of /etc/os-release
 * @returns {string} e.g. `ID=debian VERSION_ID="12"`; corrections within a release change nothing
 */
export function systemRelease(osRelease) {
  return (osRelease.match(/^(ID|VERSION_ID)=.*$/gm) ?? []).sort().join(' ');
}

/**
 * @param {string} output of ninja, which begins each line with `[done/all]`
 * @returns {string} how far it is
 */
export function compileProgress(output) {
  const [, done, all] = [...output.matchAll(/\[(\d+)\/(\d+)\]/g)].at(-1) ?? [];
  if (!done || !all) return 'starting the compiler';
  return `${Math.floor((100 * Number(done)) / Number(all))} %, ${done} of ${all} files`;
}

/** @returns {number} compilers at once: as many as there are cores, unless memory is short */
function parallelJobs() {
  return Math.max(1, Math.min(cpus().length, Math.floor(totalmem() / BYTES_PER_JOB)));
}
