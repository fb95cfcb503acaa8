import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completeLock, missingEntries } from '../../../deploy/setup/lock.mjs';
import { root } from '../../../deploy/setup/paths.mjs';

const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
const lock = JSON.parse(text);

describe('package-lock.json', () => {
  it('has every optional platform package (else run "node deploy/setup/lock.mjs")', () => {
    expect(Object.keys(missingEntries(lock))).toEqual([]);
  });

  it('has the nine platforms of @napi-rs/webcodecs 1.3.1, with their constraints', () => {
    const owner = 'node_modules/@napi-rs/webcodecs';
    const entries = Object.keys(lock.packages).filter((path) => path.startsWith(`${owner}-`));
    expect(entries).toHaveLength(9);
    for (const path of entries) {
      expect(lock.packages[path]).toMatchObject({
        version: '1.3.1',
        optional: true,
        os: [expect.any(String)],
      });
    }
    expect(lock.packages[`${owner}-linux-x64-musl`].libc).toEqual(['musl']);
    expect(lock.packages[`${owner}-linux-arm64-gnu`].libc).toEqual(['glibc']);
  });

  it('names no host that packages come from', () => {
    expect(text).not.toMatch(/"resolved"/);
    expect(text).not.toMatch(/registry|:\/\/(localhost|127\.|10\.|192\.168\.)/);
  });
});

describe('missingEntries', () => {
  const platform = { version: '2.0.0', optional: true, os: ['linux'], cpu: ['x64'], libc: ['glibc'] };
  const before = {
    packages: {
      '': {},
      'node_modules/part': {
        version: '2.0.0',
        dev: true,
        optionalDependencies: { 'part-linux-x64-gnu': '2.0.0', 'part-win32-arm64-msvc': '2.0.0' },
      },
      'node_modules/part-linux-x64-gnu': platform,
      'node_modules/zeta': { version: '1.0.0' },
    },
  };

  it('finds the absent one and takes its constraints from its name', () => {
    expect(missingEntries(before)).toEqual({
      'node_modules/part-win32-arm64-msvc': {
        version: '2.0.0',
        os: ['win32'],
        cpu: ['arm64'],
        dev: true,
        optional: true,
      },
    });
  });

  it('refuses a name that spells no platform', () => {
    const odd = { packages: { 'node_modules/a': { optionalDependencies: { 'a-extra': '1.0.0' } } } };
    expect(() => missingEntries(odd)).toThrow(/a-extra .* spells no platform/);
  });

  it('completes the lock in npm order and keeps what was there', () => {
    const after = completeLock(before);
    expect(Object.keys(after.packages)).toEqual([
      '',
      'node_modules/part',
      'node_modules/part-linux-x64-gnu',
      'node_modules/part-win32-arm64-msvc',
      'node_modules/zeta',
    ]);
    expect(after.packages['node_modules/part-linux-x64-gnu']).toBe(platform);
    expect(missingEntries(after)).toEqual({});
  });
});
