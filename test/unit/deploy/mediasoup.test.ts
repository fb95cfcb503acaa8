import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureMediasoup, isRunnable, mediasoupAsked } from '../../../deploy/setup/native/mediasoup.mjs';
import {
  compileProgress,
  missingBuildPackages,
  systemRelease,
} from '../../../deploy/setup/native/mediasoup-build.mjs';
import { whyNot } from '../../../deploy/setup/native/mediasoup-official.mjs';
import { modules, pinnedNode, root } from '../../../deploy/setup/paths.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterpoise-worker-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An executable that ends with this code whatever it is asked. */
function program(name: string, exitCode: number): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\nexit ${exitCode}\n`);
  chmodSync(file, 0o755);
  return file;
}

const recipe = readFileSync(
  join(root, 'deploy', 'setup', 'native', 'mediasoup-worker', 'CMakeLists.txt'),
  'utf8',
);

describe('isRunnable', () => {
  it.each([
    ['a worker, which refuses to run without its parent', 41, true],
    ['a program that does something else', 0, false],
    ['a worker whose libraries are gone', 127, false],
  ])('tells %s (exit code %i): %s', (_, exitCode, expected) => {
    expect(isRunnable(program('mediasoup-worker', exitCode))).toBe(expected);
  });

  it('is false where there is no file', () => {
    expect(isRunnable(join(folder, 'gone'))).toBe(false);
  });
});

describe('ensureMediasoup', () => {
  it('does nothing where none is asked for', async () => {
    expect(await ensureMediasoup({ COUNTERPOISE_MEDIASOUP_WORKER: 'none' })).toEqual({
      state: 'missing',
      detail: 'not set up, because COUNTERPOISE_MEDIASOUP_WORKER is none',
      remedy: 'unset COUNTERPOISE_MEDIASOUP_WORKER, then node deploy/setup/native.mjs',
    });
  });

  it('refuses a given folder without a worker, and names the variable', async () => {
    const report = await ensureMediasoup({ COUNTERPOISE_MEDIASOUP_WORKER: folder });
    expect(report).toMatchObject({
      state: 'missing',
      detail: `COUNTERPOISE_MEDIASOUP_WORKER is ${folder}: there is no mediasoup-worker`,
    });
    expect(report.remedy).toContain('unset COUNTERPOISE_MEDIASOUP_WORKER');
  });

  it.each([['.'], [join('worker', 'out', 'Release')]])(
    'looks for a worker in %s of the given folder',
    async (place) => {
      mkdirSync(join(folder, place), { recursive: true });
      program(join(place, 'mediasoup-worker'), 1);
      expect(await ensureMediasoup({ COUNTERPOISE_MEDIASOUP_WORKER: folder })).toMatchObject({
        state: 'missing',
        detail: `COUNTERPOISE_MEDIASOUP_WORKER is ${folder}: it is no mediasoup worker that runs on this machine`,
      });
    },
  );

  it('refuses a program that looks like a worker and does not connect to a peer', async () => {
    const file = program('mediasoup-worker', 41);
    const report = await ensureMediasoup({ MEDIASOUP_WORKER_BIN: file });
    expect(report.state).toBe('missing');
    expect(report.detail).toContain('starting the worker');
  });
});

describe('accept-mediasoup', () => {
  it('ends with code 1 and says at which stage, also where there is no worker at all', () => {
    const script = join(root, 'deploy', 'setup', 'native', 'accept-mediasoup.mjs');
    const env = { ...process.env, MEDIASOUP_WORKER_BIN: join(folder, 'gone') };
    const { status, stdout } = spawnSync(pinnedNode, [script], { env, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stdout.trim()).toMatch(/^starting the worker: .*ENOENT$/);
  });
});

describe('mediasoupAsked', () => {
  it('changes with the given worker and with what is installed', () => {
    const bare = mediasoupAsked({ PATH: '' });
    expect(bare).toContain('libsrtp2-dev');
    expect(mediasoupAsked({ PATH: '', COUNTERPOISE_MEDIASOUP_WORKER: folder })).not.toBe(bare);
    program('cmake', 0);
    expect(mediasoupAsked({ PATH: folder })).not.toBe(bare);
  });
});

describe('missingBuildPackages', () => {
  it('names every package where PATH is empty', () => {
    const packages = missingBuildPackages({ PATH: '' });
    expect(packages.slice(0, 5)).toEqual([
      'cmake',
      'ninja-build',
      'g++',
      'pkg-config',
      'flatbuffers-compiler',
    ]);
    expect(packages.slice(5)).toEqual([
      ...['libuv1-dev', 'libssl-dev', 'libsrtp2-dev', 'libabsl-dev', 'libflatbuffers-dev'],
    ]);
  });

  it('asks pkg-config for the libraries, and for the headers of the one whose module proves nothing', () => {
    const includes = join(folder, 'include');
    writeFileSync(join(folder, 'pkg-config'), `#!/bin/sh\necho ${includes}\n`);
    chmodSync(join(folder, 'pkg-config'), 0o755);
    const tools = ['cmake', 'ninja-build', 'g++', 'flatbuffers-compiler'];
    expect(missingBuildPackages({ PATH: folder })).toEqual([...tools, 'libflatbuffers-dev']);
    mkdirSync(join(includes, 'flatbuffers'), { recursive: true });
    writeFileSync(join(includes, 'flatbuffers', 'flatbuffers.h'), '');
    expect(missingBuildPackages({ PATH: folder })).toEqual(tools);
  });
});

describe('systemRelease', () => {
  const debian = (version: string, full: string): string =>
    `PRETTY_NAME="Debian GNU/Linux ${version}"\nVERSION_ID="${version}"\nDEBIAN_VERSION_FULL=${full}\nID=debian\n`;

  it('stays through the corrections of a release', () => {
    expect(systemRelease(debian('12', '12.5'))).toBe('ID=debian VERSION_ID="12"');
    expect(systemRelease(debian('12', '12.9'))).toBe(systemRelease(debian('12', '12.5')));
    expect(systemRelease(debian('13', '13.0'))).not.toBe(systemRelease(debian('12', '12.5')));
  });

  it('is empty where there is no such file', () => {
    expect(systemRelease('')).toBe('');
  });
});

describe('compileProgress', () => {
  it.each([
    ['', 'starting the compiler'],
    ['[1/258] Building CXX object a.o\n[129/258] Building CXX object b.o\n', '50 %, 129 of 258 files'],
    ['a.cpp:1: warning [2/3]\n[258/258] Linking CXX executable mediasoup-worker', '100 %, 258 of 258 files'],
  ])('of %j is %s', (output, expected) => {
    expect(compileProgress(output)).toBe(expected);
  });
});

describe('whyNot', () => {
  const line = (text: string): string => `npm-scripts.mjs [ERROR] [postinstall] ${text}\n`;
  it('is what the script said of its download, not of the build that it was kept from', () => {
    const output =
      line(
        'downloadPrebuiltWorker() | failed to download mediasoup-worker prebuilt binary: 502 Bad Gateway',
      ) + line('executeCmd() failed, exiting: Error: Command failed: "none" -m pip install');
    expect(whyNot({ ok: false, output, reason: 'ended with code 1' })).toBe(
      'failed to download mediasoup-worker prebuilt binary: 502 Bad Gateway',
    );
  });

  it('is the last word where it said nothing of it', () => {
    expect(whyNot({ ok: false, output: '', reason: 'no progress for 30 s' })).toBe('no progress for 30 s');
  });
});

describe('the recipe', () => {
  const source = readFileSync(
    join(modules, 'mediasoup', 'worker', 'src', 'RTC', 'DtlsTransport.cpp'),
    'utf8',
  );

  it('corrects a line that the installed mediasoup has exactly once', () => {
    const wrong = /set\(WRONG "(.*)"\)/.exec(recipe)?.[1] ?? '';
    expect(wrong).toContain('BIO_CB_RETURN');
    expect(source.split(wrong)).toHaveLength(2);
  });
});
