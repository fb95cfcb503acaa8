import { describe, expect, it } from 'vitest';
import { canUseApt, installCommand } from '../../../deploy/setup/apt.mjs';

describe('canUseApt', () => {
  it.each([
    ['PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', 0, true],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 0, true],
    ['ID=debian\n', 1000, false],
    ['ID=fedora\nBUG_REPORT="debian"\n', 0, false],
    ['', undefined, false],
  ])('of %j as user %s is %s', (osRelease, userId, expected) => {
    expect(canUseApt(osRelease, userId)).toBe(expected);
  });
});

describe('installCommand', () => {
  it('is one command for all packages', () => {
    expect(installCommand(['ffmpeg', 'espeak-ng'])).toBe(
      'apt-get update && apt-get install -y --no-install-recommends ffmpeg espeak-ng',
    );
  });
});
