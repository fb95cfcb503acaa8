import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import { MAX_MISSING_COLUMNS, MelRing, PictureRing, windowStart } from '../../../src/features/columns.ts';
import { SILENT_MEL } from '../../../src/features/spec.ts';

/** Columns whose bands all hold the column's number. */
function numbered(first: number, count: number, phase = 0) {
  const values = Float32Array.from({ length: count * 64 }, (_, i) => first + Math.floor(i / 64));
  return { at: micros(first * 10_000 + phase), count, values };
}
const grey = (level: number) => new Uint8Array(96 * 96 * 3).fill(level);
const firstOf = (mel: Float32Array): number[] =>
  Array.from({ length: 96 }, (_, k) => mel[k * 64] ?? Number.NaN);
const levels = (older: Uint8Array): number[] => [0, 1, 2].map((k) => older[k * 96 * 96] ?? -1);

function pictures(times: readonly number[]): PictureRing {
  const ring = new PictureRing();
  times.forEach((ms, i) => {
    ring.pushPicture({ at: micros(ms * 1000), rgb: grey(i + 1) });
  });
  return ring;
}

describe('MelRing', () => {
  it('assembles a window from the 96 columns at its place on the hop grid', () => {
    const ring = new MelRing();
    ring.pushColumns(numbered(0, 130));
    const window = ring.audioWindow(1);
    expect(window).toMatchObject({ index: 1, start: 240_000, end: 1_200_000, signal: 'live' });
    expect(firstOf(window?.mel ?? new Float32Array())).toEqual(Array.from({ length: 96 }, (_, k) => 24 + k));
    expect(ring.watermark).toBe(1_300_000);
  });

  it('says by how much the columns stand off the grid', () => {
    const ring = new MelRing();
    ring.pushColumns(numbered(0, 96, -490));
    expect(ring.audioWindow(0)).toMatchObject({ start: -490, end: 959_510 });
    expect(ring.watermark).toBe(960_000);
  });

  it('fills a quarter of a window with silence and refuses one column more', () => {
    const ring = new MelRing();
    ring.pushColumns(numbered(MAX_MISSING_COLUMNS, 96 - MAX_MISSING_COLUMNS));
    const mel = ring.audioWindow(0)?.mel ?? new Float32Array();
    expect([mel[0], mel[23 * 64], mel[24 * 64]]).toEqual([
      Math.fround(SILENT_MEL),
      Math.fround(SILENT_MEL),
      24,
    ]);
    const short = new MelRing();
    short.pushColumns(numbered(MAX_MISSING_COLUMNS + 1, 95 - MAX_MISSING_COLUMNS));
    expect(short.audioWindow(0)).toBeNull();
  });

  it('keeps the windows of the last 60 s and no older one, and hands out copies', () => {
    const ring = new MelRing();
    for (let first = 0; first < 12_000; first += 100) ring.pushColumns(numbered(first, 100));
    const oldest = Math.ceil((12_000 - 6_000 - 96) / 24);
    const mel = ring.audioWindow(oldest)?.mel ?? new Float32Array();
    expect(mel[0]).toBe(oldest * 24);
    mel.fill(-1);
    expect(ring.audioWindow(oldest)?.mel[0]).toBe(oldest * 24);
    expect(ring.audioWindow(oldest - 2)).toBeNull();
  });

  it('leaves each column of a holed window at its place, past the end of the ring too', () => {
    const ring = new MelRing();
    const holes = [6_090, 6_100, 6_101, 6_120]; // the ring has 6096 slots
    for (let column = 6_072; column < 6_168; column++)
      if (!holes.includes(column)) ring.pushColumns(numbered(column, 1));
    const expected = Array.from({ length: 96 }, (_, k) =>
      holes.includes(6_072 + k) ? Math.fround(SILENT_MEL) : 6_072 + k,
    );
    expect(firstOf(ring.audioWindow(253)?.mel ?? new Float32Array())).toEqual(expected);
  });

  it('lends every whole window as it would copy it, past the end of the ring too', () => {
    const ring = new MelRing();
    for (let first = 0; first < 6_500; first += 50) ring.pushColumns(numbered(first, 50));
    for (let index = 20; index < 266; index++)
      expect(ring.audioWindow(index, 'lent')).toEqual(ring.audioWindow(index));
    const lent = ring.audioWindow(260, 'lent')?.mel;
    expect(lent?.buffer).toBe(ring.audioWindow(259, 'lent')?.mel.buffer);
  });

  it('lends no window that has a hole: its silence is not in the ring', () => {
    const ring = new MelRing();
    ring.pushColumns(numbered(0, 90));
    ring.audioWindow(0, 'lent')?.mel.fill(-1);
    expect(ring.audioWindow(0)?.mel[0]).toBe(0);
  });

  it('ignores a column that is older than the ribbon', () => {
    const ring = new MelRing();
    ring.pushColumns(numbered(6_200, 100));
    ring.pushColumns(numbered(6_200 - 6_096, 96));
    expect(firstOf(ring.audioWindow(259)?.mel ?? new Float32Array())[0]).toBe(259 * 24);
  });

  it('rejects values that are not whole columns with ERR_SHAPE', () => {
    const columns = { at: micros(0), count: 2, values: new Float32Array(64) };
    expect(() => new MelRing().pushColumns(columns)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });

  it('is empty after reset', () => {
    const ring = new MelRing();
    ring.pushColumns(numbered(0, 96));
    ring.reset();
    expect([ring.audioWindow(0), ring.watermark]).toEqual([null, null]);
  });
});

describe('PictureRing', () => {
  const at = (fps: number, count: number) =>
    Array.from({ length: count }, (_, i) => Math.round((i * 1000) / fps));

  it('takes the newest picture and three older ones two pictures apart at 15 a second', () => {
    const window = pictures(at(15, 15)).videoWindow(0); // pictures 0..14 at 0..933 ms
    expect(window).toMatchObject({ index: 0, end: 933_000, start: -27_000 });
    expect([window?.rgb[0], ...levels(window?.older ?? new Uint8Array())]).toEqual([15, 13, 11, 9]);
  });

  it.each([
    [10, [10, 9, 7, 6]], // 900, 800, 600 and 500 ms for 900 - 133, - 267, - 400
    [5, [5, 4, 3, 2]], // never the same one twice
  ])('takes the nearest older pictures at %i a second', (fps, expected) => {
    const window = pictures(at(fps, fps)).videoWindow(0);
    expect([window?.rgb[0], ...levels(window?.older ?? new Uint8Array())]).toEqual(expected);
  });

  it('is null below four pictures in a window, where the newest is old, and before the first', () => {
    expect(pictures([100, 400, 700]).videoWindow(0)).toBeNull();
    expect(pictures([0, 100, 200, 300, 719]).videoWindow(0)).toBeNull();
    expect(pictures([]).videoWindow(0)).toBeNull();
    expect(pictures([0, 100, 200, 300, 720]).videoWindow(0)).not.toBeNull();
  });

  it('refuses a picture that is not newer', () => {
    const ring = pictures([100]);
    expect(ring.pushPicture({ at: micros(100_000), rgb: grey(0) })).toBe(false);
    expect(ring.pushPicture({ at: micros(100_001), rgb: grey(0) })).toBe(true);
    expect(ring.watermark).toBe(100_001);
  });

  it('keeps 900 pictures and gives the tile of each', () => {
    const ring = new PictureRing();
    for (let i = 0; i < 1_000; i++) ring.pushPicture({ at: micros(i * 66_667), rgb: grey(i % 256) });
    expect(ring.tileUpTo(micros(99 * 66_667))).toBeNull();
    expect(ring.tileUpTo(micros(101 * 66_667 - 1))).toEqual(new Uint8Array(32 * 24 * 3).fill(100));
    expect(ring.tileUpTo(micros(1e12))?.[0]).toBe(999 % 256);
  });

  it('lends the newest picture of a window', () => {
    const ring = pictures(at(15, 15));
    expect(ring.videoWindow(0, 'lent')).toEqual(ring.videoWindow(0));
    ring.videoWindow(0)?.rgb.fill(99);
    expect(ring.videoWindow(0, 'lent')?.rgb[0]).toBe(15);
    ring.videoWindow(0, 'lent')?.rgb.fill(99);
    expect(ring.videoWindow(0)?.rgb[0]).toBe(99);
  });

  it('copies what it is given: the next picture may be written over it', () => {
    const ring = new PictureRing();
    const rgb = grey(1);
    for (let i = 1; i <= 15; i++) ring.pushPicture({ at: micros(i * 66_667), rgb: rgb.fill(i) });
    const window = ring.videoWindow(0);
    expect([window?.rgb[0], ...levels(window?.older ?? new Uint8Array())]).toEqual([14, 12, 10, 8]);
  });

  it('uses four different pictures, newest first, for any times', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1_200 }), { maxLength: 40 });
    fc.assert(
      fc.property(times, (ms) => {
        const window = pictures(ms.toSorted((a, b) => a - b)).videoWindow(0);
        if (!window) return;
        expect(window.end).toBeLessThanOrEqual(windowStart(0) + 960_000);
        const used = [window.rgb[0] ?? 0, ...levels(window.older)];
        expect(used).toEqual([...new Set(used)].toSorted((a, b) => b - a));
      }),
      { numRuns: 60 },
    );
  });

  it('rejects a picture of another size with ERR_SHAPE', () => {
    const picture = { at: micros(0), rgb: new Uint8Array(3) };
    expect(() => new PictureRing().pushPicture(picture)).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }),
    );
  });

  it('is empty after reset', () => {
    const ring = pictures([0, 100, 200, 300, 720]);
    ring.reset();
    expect([ring.videoWindow(0), ring.watermark]).toEqual([null, null]);
  });
});
