import { describe, expect, it } from 'vitest';
import { micros } from '../../../proto/units.ts';
import { RibbonBlock } from '../../../server/ribbon-block.ts';
import type { EncodedUnit } from '../../../src/media.ts';

const unit = (at: number, size: number): EncodedUnit => ({
  modality: at % 2 === 0 ? 'video' : 'audio',
  key: at % 3 === 0,
  at: micros(at),
  data: new Uint8Array(size).fill(at),
});

describe('RibbonBlock', () => {
  it('gives its units back as they came, without those that were dropped', () => {
    const block = new RibbonBlock(new Map(), 0);
    const units = [unit(1, 5), unit(2, 0), unit(3, 9), unit(4, 1)];
    for (const one of units) block.push(one);
    expect([...block.units()]).toEqual(units);
    expect([block.drop(), block.drop()]).toEqual([5, 0]);
    expect([...block.units()]).toEqual(units.slice(2));
    expect(block.oldest).toBe(3);
  });

  it('is full at 64 KiB, or 512 units', () => {
    const block = new RibbonBlock(new Map(), 0);
    block.push(unit(1, 65_000));
    expect([block.fits(536), block.fits(537)]).toEqual([true, false]);
    const small = new RibbonBlock(new Map(), 0);
    for (let n = 0; n < 512; n++) {
      expect(small.fits(1)).toBe(true);
      small.push(unit(n, 1));
    }
    expect(small.fits(0)).toBe(false);
  });

  it('makes room for one unit that is larger', () => {
    const block = new RibbonBlock(new Map(), 100_000);
    expect([block.usual, block.fits(100_000)]).toEqual([false, true]);
  });

  it('is filled from the front again once it was cleared, with the tracks of that time', () => {
    const block = new RibbonBlock(new Map(), 0);
    block.push(unit(1, 65_000));
    const tracks = new Map([
      ['audio', { modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 1 }],
    ] as const);
    block.clear(tracks);
    expect([block.empty, block.tracks, block.fits(65_000)]).toEqual([true, tracks, true]);
    block.push(unit(2, 4));
    expect([...block.units()]).toEqual([unit(2, 4)]);
  });
});
