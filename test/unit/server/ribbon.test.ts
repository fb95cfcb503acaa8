import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, micros, microsFromSeconds } from '../../../proto/units.ts';
import { Ribbon } from '../../../server/ribbon.ts';
import type { EncodedUnit, TrackConfig } from '../../../src/media.ts';

const opus: TrackConfig = { modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 1 };
const vp8: TrackConfig = { modality: 'video', codec: 'vp8', width: 320, height: 240 };
const unit = (modality: 'audio' | 'video', seconds: number, key = true, size = 10): EncodedUnit => ({
  modality,
  key,
  at: microsFromSeconds(seconds),
  data: new Uint8Array(size),
});
const times = (units: readonly EncodedUnit[]) => units.map(({ modality, at }) => `${modality[0]}${at / 1e6}`);

describe('Ribbon', () => {
  it('gives a span back from the key frame before it, sound from its start', () => {
    const ribbon = new Ribbon();
    ribbon.configure(opus);
    ribbon.configure(vp8);
    for (const t of [0, 1, 2, 3]) {
      ribbon.push(unit('video', t, t % 2 === 0));
      ribbon.push(unit('audio', t));
    }
    const slice = ribbon.slice(microsFromSeconds(3), microsFromSeconds(4));
    expect(times(slice.units)).toEqual(['v2', 'v3', 'a3']);
    expect(slice.tracks).toEqual([opus, vp8]);
    expect([slice.start, slice.end]).toEqual([3e6, 4e6]);
  });

  it('says that nothing is left by an empty span', () => {
    const ribbon = new Ribbon();
    ribbon.configure(opus);
    ribbon.push(unit('audio', 0));
    const slice = ribbon.slice(microsFromSeconds(5), microsFromSeconds(6));
    expect(slice).toEqual({ tracks: [], units: [], start: 5e6, end: 5e6 });
  });

  it('plays on across a track that opens again with the same coding, not across another one', () => {
    const ribbon = new Ribbon();
    ribbon.configure(opus);
    ribbon.push(unit('audio', 0));
    ribbon.configure({ ...opus });
    ribbon.push(unit('audio', 1));
    expect(times(ribbon.slice(micros(0), microsFromSeconds(2)).units)).toEqual(['a0', 'a1']);
    ribbon.configure({ ...opus, channels: 2 });
    ribbon.push(unit('audio', 1.5));
    expect(times(ribbon.slice(micros(0), microsFromSeconds(2)).units)).toEqual(['a1.5']);
  });

  it('keeps no unit of a modality that was never configured', () => {
    const ribbon = new Ribbon();
    ribbon.push(unit('video', 0));
    expect(ribbon.size).toBe(0);
  });

  it('keeps and gives copies: neither the sender nor a viewer can change what it plays', () => {
    const ribbon = new Ribbon();
    ribbon.configure(opus);
    const mine = unit('audio', 0);
    ribbon.push(mine);
    mine.data.fill(7);
    const [seen] = ribbon.slice(micros(0), microsFromSeconds(1)).units;
    expect(seen?.data).toEqual(new Uint8Array(10));
    seen?.data.fill(9);
    expect(ribbon.slice(micros(0), microsFromSeconds(1)).units[0]?.data).toEqual(new Uint8Array(10));
  });

  it('plays every unit that is left as it came, while blocks are filled again and again (law)', () => {
    const size = fc.oneof(fc.nat(400), fc.integer({ min: 20_000, max: 100_000 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1_500_000), size), { maxLength: 80 }), (steps) => {
        const ribbon = new Ribbon({ span: microsFromSeconds(5), maxBytes: bytes(500_000) });
        ribbon.configure(opus);
        let at = 0;
        steps.forEach(([step, length], n) => {
          at += step + 1;
          ribbon.push({ modality: 'audio', key: true, at: micros(at), data: new Uint8Array(length).fill(n) });
        });
        const { units } = ribbon.slice(micros(0), micros(at + 1));
        const first = steps.length - units.length;
        units.forEach(({ data }, n) => {
          expect(data).toEqual(new Uint8Array(steps[first + n]?.[1] ?? -1).fill(first + n));
        });
      }),
      { numRuns: 20 },
    );
  });

  it('never holds more than its bytes nor reaches back further than its span (law)', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3_000_000), fc.nat(400)), { maxLength: 200 }), (steps) => {
        const ribbon = new Ribbon({ span: microsFromSeconds(10), maxBytes: bytes(2000) });
        ribbon.configure(opus);
        let at = 0;
        for (const [step, size] of steps) {
          at += step;
          ribbon.push({ modality: 'audio', key: true, at: micros(at), data: new Uint8Array(size) });
          expect(ribbon.size).toBeLessThanOrEqual(2000);
        }
        const all = ribbon.slice(micros(0), micros(at + 1)).units;
        expect(all.reduce((sum, { data }) => sum + data.length, 0)).toBe(ribbon.size);
        for (const kept of all) expect(kept.at).toBeGreaterThanOrEqual(at - 10e6);
      }),
    );
  });
});
