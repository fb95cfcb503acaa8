/**
 * What a decoder must know before it is shown a unit: is it a key frame, does it show a picture, and how large is it? Read
 * from the bytes, since a sender's flags may be wrong and a decoder allocates what a header claims.
 */
import { LIMITS } from '../../proto/limits.ts';
import { h264Unit, type PictureSize } from './h264-headers.ts';

export type UnitHeader = {
  readonly key: boolean;
  /** False: the decoder takes it and gives no picture (VP8's alternate references). */
  readonly shown: boolean;
};

const sideFits = (side: number): boolean =>
  side >= LIMITS.pictureSidePx.min && side <= LIMITS.pictureSidePx.max;

/**
 * Reads a VP8 frame's uncompressed header (RFC 6386, section 9.1): frame tag, and for a key frame start code and size.
 *
 * @returns null where it is none, or of a size beyond the wire's limits.
 */
export function vp8Header(data: Uint8Array): UnitHeader | null {
  const [tag] = data;
  if (tag === undefined || data.length < 4) return null;
  const key = (tag & 1) === 0;
  const shown = (tag & 0x10) !== 0;
  if (!key) return { key, shown };
  const size = vp8Size(data);
  return size && sideFits(size.width) && sideFits(size.height) ? { key, shown } : null;
}

/** The picture size in a VP8 key frame, or null where it is none. */
export function vp8Size(data: Uint8Array): PictureSize | null {
  const key = ((data[0] ?? 1) & 1) === 0;
  if (!key || data.length < 10 || data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) return null;
  const width = ((data[7] ?? 0) & 0x3f) * 256 + (data[6] ?? 0); // the upper two bits are a scale for display
  const height = ((data[9] ?? 0) & 0x3f) * 256 + (data[8] ?? 0);
  return { width, height };
}

/**
 * Reads an H.264 access unit in Annex B.
 *
 * @returns null where it holds no picture, or one of a size beyond the wire's limits.
 */
export function h264Header(data: Uint8Array): UnitHeader | null {
  const unit = h264Unit(data);
  const fits = unit?.sizes.every(({ width, height }) => sideFits(width) && sideFits(height));
  return unit && fits ? { key: unit.key, shown: true } : null;
}

/** The picture size that an H.264 access unit announces, or null where it announces none. */
export const h264Size = (data: Uint8Array): PictureSize | null => h264Unit(data)?.sizes[0] ?? null;

const START_OF_FRAME = new Set([0xc0, 0xc1, 0xc2]); // baseline, extended, progressive Huffman
const START_OF_SCAN = 0xda;

/**
 * Reads a JPEG's frame header (ITU-T T.81, B.2.2).
 *
 * @returns null where it is none, of a size beyond the wire's limits, or not YCbCr 4:2:0: the library hands out other
 * samplings with chroma planes cut to a quarter, and grey pictures not at all. Browsers write 4:2:0 below quality 1.
 */
export function jpegHeader(data: Uint8Array): UnitHeader | null {
  if (data[0] !== 0xff || data[1] !== 0xd8) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 2; at + 4 <= data.length; ) {
    const marker = data[at + 1] ?? 0;
    if (data[at] !== 0xff || marker === START_OF_SCAN) return null;
    if (START_OF_FRAME.has(marker)) return frameHeader(view, at + 4);
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function frameHeader(view: DataView, at: number): UnitHeader | null {
  if (at + 15 > view.byteLength || view.getUint8(at + 5) !== 3) return null;
  const sampling = [7, 10, 13].map((i) => view.getUint8(at + i));
  const is420 = sampling[0] === 0x22 && sampling[1] === 0x11 && sampling[2] === 0x11;
  return is420 && sideFits(view.getUint16(at + 1)) && sideFits(view.getUint16(at + 3))
    ? { key: true, shown: true }
    : null;
}
