import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commitStaging, entryFolder, openStaging } from '../../../deploy/setup/native/cache.mjs';
import { sizeOf } from '../../../deploy/setup/native/size.mjs';
import { linkLibraries } from '../../../deploy/setup/native/tensorflow-folder.mjs';
import { shallRest } from '../../../deploy/setup/native.mjs';
import { cacheFolder } from '../../../deploy/setup/paths.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterpoise-native-'));
  vi.stubEnv('COUNTERPOISE_CACHE', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('cacheFolder', () => {
  it.each([
    [{ COUNTERPOISE_CACHE: '/a', XDG_CACHE_HOME: '/b' }, '/a'],
    [{ XDG_CACHE_HOME: '/b' }, join('/b', 'counterpoise')],
  ])('of %j is %s', (env, expected) => {
    expect(cacheFolder(env)).toBe(expected);
  });
});

describe('the cache', () => {
  it('shows an entry only when it is whole', () => {
    const staging = openStaging('part-1');
    writeFileSync(join(staging, 'file'), 'x');
    expect(readdirSync(folder)).not.toContain('part-1');
    expect(commitStaging(staging, 'part-1')).toBe(entryFolder('part-1'));
    expect(readdirSync(folder)).toEqual(['part-1']);
  });

  it('keeps the entry of a clone that was faster', () => {
    const staging = openStaging('part-1');
    mkdirSync(entryFolder('part-1'));
    writeFileSync(join(entryFolder('part-1'), 'theirs'), '');
    expect(readdirSync(commitStaging(staging, 'part-1'))).toEqual(['theirs']);
    expect(readdirSync(folder)).toEqual(['part-1']);
  });

  it('removes what an interrupted build left', () => {
    const dead = 2 ** 30; // far beyond any process id
    mkdirSync(join(folder, `.staging-${dead}-part-1`));
    const staging = openStaging('part-2');
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([staging]);
  });
});

describe('linkLibraries', () => {
  it('gives versioned libraries the names that a linker asks for', () => {
    const source = join(folder, 'source');
    mkdirSync(source);
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'README']) {
      writeFileSync(join(source, name), '');
    }
    const target = join(folder, 'lib');
    linkLibraries(source, target);
    expect(readdirSync(target)).not.toContain('README');
    expect(readlinkSync(join(target, 'libtensorflow.so'))).toBe('libtensorflow_cc.so.2');
    expect(readlinkSync(join(target, 'libtensorflow_framework.so'))).toBe('libtensorflow_framework.so.2');
    expect(lstatSync(join(target, 'libtensorflow_cc.so.2')).isSymbolicLink()).toBe(true);
  });

  it('refuses a folder without TensorFlow', () => {
    expect(() => linkLibraries(folder, join(folder, 'lib'))).toThrow('has no libtensorflow.so');
  });
});

describe('sizeOf', () => {
  it('adds up files and takes a vanished one as nothing', () => {
    writeFileSync(join(folder, 'a'), '12345');
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'b'), '123');
    expect(sizeOf(folder)).toBe(5 + 3);
    expect(sizeOf(join(folder, 'gone'))).toBe(0);
  });
});

describe('shallRest', () => {
  const hour = 60 * 60 * 1000;
  const checkedAt = '2026-01-01T00:00:00.000Z';
  const then = Date.parse(checkedAt);
  const missing = { state: 'missing', detail: 'no network', remedy: 'wait', checkedAt, asked: 'auto' };
  it.each([
    ['an hour later', missing, 'auto', hour, true],
    ['after a day', missing, 'auto', 25 * hour, false],
    ['when something else is asked', missing, 'wasm', hour, false],
    ['when it is there', { ...missing, state: 'wheel' }, 'auto', hour, false],
    ['the first time', undefined, 'auto', hour, false],
  ] as const)('%s', (_, last, asked, laterMs, expected) => {
    expect(shallRest(last, asked, then + laterMs)).toBe(expected);
  });
});
