import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type I420, lumaInto, PictureScaler, tileOf } from '../../../src/features/pixels.ts';

/** A picture of one colour, with padding between rows that must never be read. */
function flat(width: number, height: number, [y, u, v]: readonly [number, number, number]): I420 {
  const [cw, ch] = [(width + 1) >> 1, (height + 1) >> 1];
  const [ys, cs] = [width + 5, cw + 3];
  const data = new Uint8Array(ys * height + 2 * cs * ch).fill(99);
  const fill = (offset: number, stride: number, w: number, h: number, value: number) => {
    for (let row = 0; row < h; row++) data.fill(value, offset + row * stride, offset + row * stride + w);
    return { offset, stride };
  };
  const planes = [
    fill(0, ys, width, height, y),
    fill(ys * height, cs, cw, ch, u),
    fill(ys * height + cs * ch, cs, cw, ch, v),
  ] as const;
  return { data, width, height, planes };
}
const scaler = new PictureScaler();

describe('PictureScaler', () => {
  it.each([
    ['black', [16, 128, 128], [0, 0, 0]],
    ['white', [235, 128, 128], [255, 255, 255]],
    ['red', [81, 90, 240], [254, 0, 0]], // 65 * 255 / 219 + 112 * 1.596 = 254.4
    ['blue', [41, 240, 110], [0, 0, 255]],
  ] as const)('turns %s of limited range into RGB', (_, yuv, rgb) => {
    const picture = scaler.fromI420(flat(320, 240, yuv));
    expect([...picture.subarray(0, 3), ...picture.subarray(-3)]).toEqual([...rgb, ...rgb]);
  });

  it('reads full range as JPEG has it', () => {
    expect(scaler.fromI420(flat(96, 96, [200, 128, 128]), 'full')[0]).toBe(200);
  });

  it('reads no padding for any size, odd ones and ones below 96 too', () => {
    const size = fc.integer({ min: 1, max: 400 });
    fc.assert(
      fc.property(size, size, (width, height) => {
        expect(new Set(scaler.fromI420(flat(width, height, [126, 128, 128])))).toEqual(new Set([128])); // 110 * 255 / 219
      }),
      { numRuns: 40 },
    );
  });

  it('averages the pixels under each output pixel and squeezes the whole picture in', () => {
    const width = 192;
    const rgba = Uint8Array.from({ length: width * 96 * 4 }, (_, i) => {
      const x = Math.floor(i / 4) % width;
      return i % 4 === 0 ? x : 0;
    });
    const rgb = scaler.fromRgba(rgba, width, 96);
    expect([rgb[0], rgb[3], rgb[95 * 3]]).toEqual([1, 3, 191]); // (0 + 1) / 2 rounds up; 2.5; 190.5
  });

  it('writes into the array that it is given', () => {
    const out = new Uint8Array(96 * 96 * 3);
    expect(scaler.fromI420(flat(64, 48, [235, 128, 128]), 'limited', out)).toBe(out);
    expect(new Set(out)).toEqual(new Set([255]));
    const short = () => scaler.fromI420(flat(64, 48, [235, 128, 128]), 'limited', out.subarray(1));
    expect(short).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });

  it('rejects planes that do not lie inside the data with ERR_SHAPE', () => {
    const good = flat(64, 48, [16, 128, 128]);
    const code = expect.objectContaining({ code: 'ERR_SHAPE' });
    expect(() => scaler.fromI420({ ...good, data: good.data.subarray(4) })).toThrow(code);
    expect(() => scaler.fromI420({ ...good, height: 4_000 })).toThrow(code);
    expect(() => scaler.fromRgba(new Uint8Array(15), 2, 2)).toThrow(code);
    expect(() => scaler.fromRgba(new Uint8Array(0), 0, 0)).toThrow(code);
  });
});

describe('lumaInto', () => {
  it('weighs the channels as BT.601 does', () => {
    const rgb = new Uint8Array(96 * 96 * 3);
    rgb.set([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);
    const out = new Uint8Array(2 * 96 * 96);
    lumaInto(out, 96 * 96, rgb);
    // 255 * 77 / 256, * 150 / 256, * 29 / 256, rounded down
    expect([...out.subarray(96 * 96, 96 * 96 + 4)]).toEqual([76, 149, 28, 255]);
  });
});

describe('tileOf', () => {
  it('averages 3 x 4 pixels into each of 32 x 24', () => {
    const rgb = new Uint8Array(96 * 96 * 3);
    for (let y = 0; y < 4; y++) for (let x = 0; x < 3; x++) rgb[(y * 96 + x) * 3 + 1] = 12 * (y * 3 + x); // 0..132
    const tile = tileOf(rgb);
    expect([tile.length, tile[0], tile[1], tile[3]]).toEqual([32 * 24 * 3, 0, 66, 0]);
  });

  it('rejects another size with ERR_SHAPE', () => {
    expect(() => tileOf(new Uint8Array(5))).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});
