import { describe, expect, it } from 'vitest';
import { covers, expectedFolders } from '../../../deploy/setup/packages.mjs';

const lock = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/a-win32-x64': { version: '1.0.0', integrity: 'sha512-w', optional: true },
  },
};

describe('covers', () => {
  it('accepts an installation without the optional packages of other systems', () => {
    expect(
      covers(lock, { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } }),
    ).toBe(true);
  });

  it.each([
    ['lacks a package', {}],
    ['has another version', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['has other content', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } }],
    [
      'has another version of an optional package',
      {
        'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
        'node_modules/a-win32-x64': { version: '2.0.0', integrity: 'sha512-w' },
      },
    ],
  ])('refuses an installation that %s', (_, packages) => {
    expect(covers(lock, { packages })).toBe(false);
  });
});

describe('expectedFolders', () => {
  it('leaves out the project itself and the packages of other systems', () => {
    const packages = {
      '': {},
      'node_modules/a': {},
      'node_modules/a-linux-x64': { os: ['linux'], cpu: ['x64'] },
      'node_modules/a-linux-arm64': { os: ['linux'], cpu: ['arm64'] },
      'node_modules/a-darwin': { os: ['darwin'] },
    };
    const machine = { platform: 'linux', arch: 'x64' };
    expect(expectedFolders({ packages }, machine)).toEqual(['node_modules/a', 'node_modules/a-linux-x64']);
  });
});
