import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { jpegHeader, vp8Header } from '../../../server/ingest/headers.ts';

const key = (width: number, height: number): Uint8Array =>
  Uint8Array.of(0x10, 2, 0, 0x9d, 0x01, 0x2a, width & 255, width >> 8, height & 255, height >> 8, 0);

/** Start of image, an application segment, a frame header. */
const jpeg = (width: number, height: number, sampling: readonly number[]): Uint8Array => {
  const parts = sampling.flatMap((factor, i) => [i + 1, factor, 0]);
  const frame = [
    0xff,
    0xc0,
    0,
    8 + parts.length,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    sampling.length,
  ];
  return Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 9, 9, ...frame, ...parts);
};

describe('vp8Header', () => {
  it('tells key frames from deltas and shown from hidden ones', () => {
    expect(vp8Header(key(320, 240))).toEqual({ key: true, shown: true });
    expect(vp8Header(Uint8Array.of(0x11, 0, 0, 0))).toEqual({ key: false, shown: true });
    expect(vp8Header(Uint8Array.of(0x01, 0, 0, 0))).toEqual({ key: false, shown: false });
  });

  it('does not take the scaling bits for size', () => {
    const scaled = key(320, 240);
    scaled[7] = (scaled[7] ?? 0) | 0xc0;
    expect(vp8Header(scaled)).toEqual({ key: true, shown: true });
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['three bytes', Uint8Array.of(0x11, 0, 0)],
    ['another start code', key(320, 240).fill(0, 3, 6)],
    ['a cut key frame', key(320, 240).subarray(0, 9)],
    ['a size that would allocate much', key(16_383, 16_383)],
    ['no size', key(0, 240)],
  ])('refuses %s', (_, data) => {
    expect(vp8Header(data)).toBeNull();
  });
});

describe('jpegHeader', () => {
  it('takes 4:2:0', () => {
    expect(jpegHeader(jpeg(320, 240, [0x22, 0x11, 0x11]))).toEqual({ key: true, shown: true });
  });

  it.each([
    ['4:4:4', jpeg(320, 240, [0x11, 0x11, 0x11])],
    ['grey', jpeg(320, 240, [0x11])],
    ['a size that would allocate much', jpeg(60_000, 60_000, [0x22, 0x11, 0x11])],
    ['a cut header', jpeg(320, 240, [0x22, 0x11, 0x11]).subarray(0, 20)],
    ['another file', key(320, 240)],
    ['a scan before the frame', Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 2, 0, 0)],
  ])('refuses %s', (_, data) => {
    expect(jpegHeader(data)).toBeNull();
  });
});

describe('headers of any bytes', () => {
  it('are read without throwing', () => {
    const start = fc.constantFrom([], [0xff, 0xd8], [0xff, 0xd8, 0xff, 0xc0], [0x10, 0, 0, 0x9d, 0x01, 0x2a]);
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 60 }), (head, tail) => {
        const data = Uint8Array.of(...head, ...tail);
        expect(() => [vp8Header(data), jpegHeader(data)]).not.toThrow();
      }),
    );
  });
});
