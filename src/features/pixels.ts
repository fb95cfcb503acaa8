/**
 * Camera pictures to 96 x 96 RGB, by averaging the source pixels under each output pixel.
 *
 * The whole picture is squeezed into the square, never cropped: what a person holds into the corner of a 4:3 picture still
 * counts, at the price of shapes that are narrower by a constant factor, which the encoder learns with the rest.
 */
import { ShapeError } from '../errors.ts';
import { BoxAverage } from './box-average.ts';
import { PICTURE_BYTES, PICTURE_PIXELS, PICTURE_SIZE, TILE_HEIGHT, TILE_WIDTH } from './spec.ts';

/** A plane inside a buffer: `offset` of its first byte, `stride` bytes from row to row. */
export type Plane = { readonly offset: number; readonly stride: number };

/** Planar 4:2:0 picture; chroma planes are ceil(width / 2) x ceil(height / 2). */
export type I420 = {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly planes: readonly [Plane, Plane, Plane];
};

/** 16..235 for luma (cameras, VP8) or 0..255 (JPEG). */
export type ColourRange = 'limited' | 'full';

type Matrix = {
  readonly black: number;
  readonly luma: number;
  readonly rv: number;
  readonly gu: number;
  readonly gv: number;
  readonly bu: number;
};

/** ITU-R BT.601: Kr 0.299, Kb 0.114. */
const BT601: Readonly<Record<ColourRange, Matrix>> = {
  limited: { black: 16, luma: 255 / 219, rv: 1.596027, gu: 0.391762, gv: 0.812968, bu: 2.017232 },
  full: { black: 0, luma: 1, rv: 1.402, gu: 0.344136, gv: 0.714136, bu: 1.772 },
};

const clampByte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5));

function requireSize(width: number, height: number, needed: number, got: number): void {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (whole && needed <= got) return;
  const hint = `picture is ${width} x ${height} in ${got} bytes, expected ${whole ? needed : 'a size of at least 1 x 1'}`;
  throw new ShapeError('ERR_SHAPE', `${hint}: read width, height and strides from the frame itself`);
}

function requireRoom(out: Uint8Array): void {
  if (out.length === PICTURE_BYTES) return;
  throw new ShapeError('ERR_SHAPE', `output has ${out.length} bytes, expected ${PICTURE_BYTES}: one picture`);
}

/** Turns camera pictures into 96 x 96 RGB; holds only scratch memory, so one serves any number of streams on one thread. */
export class PictureScaler {
  readonly #planes = [0, 1, 2].map(() => new Float32Array(PICTURE_PIXELS));
  /** Full size and half of it: each keeps what it knows of a size. */
  readonly #luma = new BoxAverage();
  readonly #chroma = new BoxAverage();

  /**
   * @param out where the pixels are written; a new array where none is given.
   * @returns `out`: [96, 96, 3], 0..255, the caller's.
   * @throws {ShapeError} ERR_SHAPE where the planes do not lie inside the data, or `out` is no picture's size.
   */
  fromI420(
    picture: I420,
    range: ColourRange = 'limited',
    out: Uint8Array = new Uint8Array(PICTURE_BYTES),
  ): Uint8Array {
    requireRoom(out);
    const { data, width, height } = picture;
    for (let plane = 0; plane < 3; plane++) {
      const { offset, stride } = picture.planes[plane]!;
      const [w, h] = plane === 0 ? [width, height] : [(width + 1) >> 1, (height + 1) >> 1];
      requireSize(w, h, offset + (h - 1) * stride + w, data.length);
      const boxes = plane === 0 ? this.#luma : this.#chroma;
      boxes.average({ data, offset, stride, width: w, height: h, step: 1 }, this.#planes[plane]!);
    }
    this.#toRgb(BT601[range], out);
    return out;
  }

  /**
   * @param data rows of R, G, B, alpha without padding; alpha is ignored.
   * @returns [96, 96, 3], 0..255, the caller's.
   * @throws {ShapeError} ERR_SHAPE where the data is too short.
   */
  fromRgba(data: Uint8Array | Uint8ClampedArray, width: number, height: number): Uint8Array {
    requireSize(width, height, width * height * 4, data.length);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const rgb = new Uint8Array(PICTURE_BYTES);
    for (let channel = 0; channel < 3; channel++) {
      const plane = this.#planes[channel]!;
      this.#luma.average({ data: bytes, offset: channel, stride: width * 4, width, height, step: 4 }, plane);
      for (let p = 0; p < PICTURE_PIXELS; p++) rgb[3 * p + channel] = clampByte(plane[p]!);
    }
    return rgb;
  }

  #toRgb({ black, luma, rv, gu, gv, bu }: Matrix, rgb: Uint8Array): void {
    const [ys, us, vs] = [this.#planes[0]!, this.#planes[1]!, this.#planes[2]!];
    for (let p = 0; p < PICTURE_PIXELS; p++) {
      const y = (ys[p]! - black) * luma;
      const u = us[p]! - 128;
      const v = vs[p]! - 128;
      rgb[3 * p] = clampByte(y + rv * v);
      rgb[3 * p + 1] = clampByte(y - gu * u - gv * v);
      rgb[3 * p + 2] = clampByte(y + bu * u);
    }
  }
}

/** BT.601 luma of RGB pixels, 0..255: `(77 R + 150 G + 29 B) / 256`, rounded down. [96, 96, 3] into `out` [96, 96] from `offset` on. */
export function lumaInto(out: Uint8Array, offset: number, rgb: Uint8Array, from = 0): void {
  for (let p = 0; p < PICTURE_PIXELS; p++) {
    const at = from + 3 * p;
    out[offset + p] = (77 * rgb[at]! + 150 * rgb[at + 1]! + 29 * rgb[at + 2]!) >> 8;
  }
}

/** A ribbon thumbnail: [96, 96, 3] to [24, 32, 3], which gives a 4:3 picture its shape back. */
export function tileOf(rgb: Uint8Array): Uint8Array {
  if (rgb.length !== PICTURE_BYTES) {
    throw new ShapeError(
      'ERR_SHAPE',
      `picture has ${rgb.length} bytes, expected ${PICTURE_BYTES}: scale it first`,
    );
  }
  const [wide, high] = [PICTURE_SIZE / TILE_WIDTH, PICTURE_SIZE / TILE_HEIGHT];
  const tile = new Uint8Array(TILE_WIDTH * TILE_HEIGHT * 3);
  for (let i = 0; i < tile.length; i++) {
    const [channel, x, y] = [i % 3, Math.floor(i / 3) % TILE_WIDTH, Math.floor(i / 3 / TILE_WIDTH)];
    let sum = 0;
    for (let dy = 0; dy < high; dy++)
      for (let dx = 0; dx < wide; dx++)
        sum += rgb[((y * high + dy) * PICTURE_SIZE + x * wide + dx) * 3 + channel]!;
    tile[i] = Math.floor(sum / (wide * high) + 0.5);
  }
  return tile;
}
