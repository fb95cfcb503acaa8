import { describe, expect, it } from 'vitest';
import { isSpoilt, UNSPOILT } from '../../../../client/demo/spoil.ts';

describe('isSpoilt', () => {
  it('sees every slider and the switch', () => {
    expect(isSpoilt(UNSPOILT)).toBe(false);
    for (const spoil of [{ noise: 0.1 }, { muted: true }, { dark: 1 }, { blur: 0.05 }]) {
      expect(isSpoilt({ ...UNSPOILT, ...spoil })).toBe(true);
    }
  });
});
