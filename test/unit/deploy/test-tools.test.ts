import { describe, expect, it } from 'vitest';
import { canUseApt, installCommand, missingTestTools } from '../../../deploy/setup/test-tools.mjs';

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

describe('missingTestTools', () => {
  it('names the packages of everything where PATH is empty, in one command', () => {
    const packages = missingTestTools({ PATH: '' });
    expect(packages).toEqual(['chromium', 'ffmpeg', 'espeak-ng']);
    expect(installCommand(packages)).toBe(
      'apt-get update && apt-get install -y --no-install-recommends chromium ffmpeg espeak-ng',
    );
  });
});
