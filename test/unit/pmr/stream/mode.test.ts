import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Mode, nextMode, weakOf } from '../../../../src/pmr/stream/mode.ts';
import { STREAM } from '../../../../src/pmr/stream/settings.ts';

const MIRROR: Readonly<Record<Mode, Mode>> = {
  balanced: 'balanced',
  'audio-weak': 'video-weak',
  'video-weak': 'audio-weak',
};
const mode = fc.constantFrom<Mode>('balanced', 'audio-weak', 'video-weak');

describe('nextMode', () => {
  it.each<[Mode, number | null, Mode]>([
    ['balanced', 0.81, 'balanced'],
    ['balanced', 0.79, 'audio-weak'],
    ['audio-weak', 0.85, 'audio-weak'],
    ['audio-weak', 0.905, 'audio-weak'],
    ['audio-weak', 0.92, 'balanced'],
    ['balanced', 1.24, 'balanced'],
    ['balanced', 1.26, 'video-weak'],
    ['video-weak', 1.11, 'video-weak'],
    ['video-weak', 1.09, 'balanced'],
    ['audio-weak', 1.3, 'video-weak'],
    ['audio-weak', 1.2, 'balanced'],
    ['video-weak', null, 'balanced'],
    ['balanced', 0, 'audio-weak'],
  ])('%s and rho %d give %s', (from, rho, to) => {
    expect(nextMode(from, rho, STREAM)).toBe(to);
  });

  it('exchanging the modalities exchanges the weak modes', () => {
    // Powers of two have exact inverses.
    fc.assert(
      fc.property(mode, fc.integer({ min: -4, max: 4 }), (from, power) => {
        expect(nextMode(MIRROR[from], 2 ** -power, STREAM)).toBe(MIRROR[nextMode(from, 2 ** power, STREAM)]);
      }),
    );
  });
});

describe('weakOf', () => {
  it('names the modality that is pushed', () => {
    expect((['balanced', 'audio-weak', 'video-weak'] as const).map(weakOf)).toEqual([null, 'audio', 'video']);
  });
});
