import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, decodeSettings } from '../../../client/settings.ts';

describe('decodeSettings', () => {
  it('leaves echo, noise and gain processing off by default', () => {
    expect(decodeSettings(null).processing).toBe(false);
  });

  it('gives back what was stored', () => {
    const settings = {
      ...DEFAULT_SETTINGS,
      theme: 'light',
      processing: true,
      name: 'Ada',
      cameraId: 'c1',
    } as const;
    expect(decodeSettings(JSON.stringify(settings))).toEqual(settings);
  });

  it('turns anything else into defaults, never an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (stored) => {
        const { theme, name } = decodeSettings(stored);
        expect(['auto', 'light', 'dark']).toContain(theme);
        expect(name.length).toBeLessThanOrEqual(64);
      }),
    );
  });
});
