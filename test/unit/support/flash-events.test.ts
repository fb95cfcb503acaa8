import { describe, expect, it } from 'vitest';
import { random } from '../../../src/random.ts';
import {
  beepOnsets,
  flashOnsets,
  median,
  pairEvents,
  quantile,
  type StampedSound,
  skewErrors,
} from '../../support/flash-events.ts';

/** Pictures 15 a second, bright where `flash` says so. */
const pictures = (flash: readonly number[], count = 30) =>
  Array.from({ length: count }, (_, n) => ({
    at: Math.round((n * 1e6) / 15),
    luma: flash.includes(n) ? 210 : 55,
  }));

/** Sound in blocks of 10 ms with a hiss, and 50 ms of 1 kHz from each onset on. */
function sound(onsets: readonly number[], rateHz = 16_000, seconds = 3): StampedSound[] {
  const draw = random(1);
  const block = rateHz / 100;
  return Array.from({ length: seconds * 100 }, (_, b) => ({
    at: b * 10_000,
    rateHz,
    samples: Float32Array.from({ length: block }, (_, n) => {
      const t = b / 100 + n / rateHz;
      const since = onsets.map((onset) => t - onset / 1e6).find((dt) => dt >= 0 && dt < 0.05);
      const tone = since === undefined ? 0 : 0.6 * Math.sin(2 * Math.PI * 1000 * since);
      return tone + 0.002 * draw.normal();
    }),
  }));
}

describe('flashOnsets', () => {
  it('gives the stamp of the first picture of each flash', () => {
    expect(flashOnsets(pictures([4, 5, 19, 20]))).toEqual([266_667, 1_266_667]);
  });

  it('leaves out a flash whose first picture, or the one before, was lost', () => {
    const lost = (n: number) => pictures([4, 5]).filter((_, i) => i !== n);
    expect(flashOnsets(lost(4))).toEqual([]);
    expect(flashOnsets(lost(3))).toEqual([]);
    expect(flashOnsets(lost(5))).toEqual([266_667]);
  });
});

describe('beepOnsets', () => {
  it.each([16_000, 44_100, 48_000])('finds onsets between samples at %i Hz', (rateHz) => {
    const onsets = [500_013, 1_700_031, 2_400_000];
    const found = beepOnsets(sound(onsets, rateHz));
    expect(found.length).toBe(3);
    // Within a sample of 16 kHz.
    for (const [i, onset] of found.entries()) expect(Math.abs(onset - (onsets[i] ?? 0))).toBeLessThan(62.5);
  });

  it('leaves out a beep of which a block is missing', () => {
    const blocks = sound([500_000, 1_500_000, 2_500_000]).filter(({ at }) => at !== 1_520_000);
    expect(beepOnsets(blocks).map((onset) => Math.round(onset / 1e5))).toEqual([5, 25]);
  });
});

describe('skewErrors', () => {
  it('is positive where the sound is stamped later than in truth', () => {
    const truth = pairEvents([1_000_000, 2_000_000], [960_000, 1_961_000]);
    const made = pairEvents([51_000_000, 52_000_000], [50_967_000, 51_961_000]);
    expect(skewErrors(truth, made, 50_001_000)).toEqual([7_000, 0]);
  });

  it('leaves out what only one side made out', () => {
    expect(pairEvents([1_000_000], [2_000_000])).toEqual([]);
    expect(skewErrors([{ flash: 0, beep: 0 }], [{ flash: 3e6, beep: 3e6 }], 0)).toEqual([]);
  });
});

describe('quantile', () => {
  it('is the nearest rank', () => {
    const values = [3, 1, 2, 4];
    expect([median(values), quantile(values, 0.75), quantile(values, 0.95)]).toEqual([2, 3, 4]);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
