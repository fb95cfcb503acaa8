import { describe, expect, it } from 'vitest';
import type { Tile } from '../../../proto/messages.ts';
import { micros } from '../../../proto/units.ts';
import { Recent } from '../../../server/recent.ts';
import { RIBBON } from '../../../src/features/spec.ts';

const tile = (end: number): Tile => ({
  type: 'tile',
  sessionId: 's',
  start: micros(end - 1),
  end: micros(end),
  rgb: new Uint8Array(0),
  levelDb: -20,
});

describe('Recent', () => {
  it('holds what ends within the ribbon, oldest first, and lets the rest go', () => {
    const recent = new Recent();
    for (const end of [1, 2, RIBBON, RIBBON + 2]) recent.began(tile(end));
    expect(recent.tiles.map(({ end }) => end)).toEqual([RIBBON, RIBBON + 2]);
    expect(recent.predictions).toEqual([]);
  });
});
