/**
 * Augmentation of raw pictures with their older lumas: the same moment from another camera position, in another light.
 *
 * Works on what the store holds, before normalization, on typed arrays; what is drawn was measured (ADR 0020). No mirror: left
 * and right are classes to a person.
 */
import {
  OLDER_BYTES,
  OLDER_PICTURES,
  PICTURE_BYTES,
  PICTURE_PIXELS,
  PICTURE_SIZE,
} from '../features/spec.ts';
import type { Random } from '../random.ts';
import { around, between, checkLength, GRAIN } from './draws.ts';

/** How far each change of the picture may reach. */
export type PictureAugmentation = {
  /** Largest logarithm of the scale, either way. */
  readonly logScale: number;
  /** Largest shift as a share of the side, either way. */
  readonly shift: number;
  /** Largest turn, either way, in radians. */
  readonly turn: number;
  /** Largest deviation of sensor noise, in levels of 255. */
  readonly grain: number;
  /** Bounds of each channel's gain, and the largest offset as a share of full scale. */
  readonly gain: readonly [number, number];
  readonly offset: number;
  /** Share of pictures whose channels are exchanged, and of those that are turned into their negative. Below one half, what is red, or light, stays evidence. */
  readonly permuteShare: number;
  readonly negativeShare: number;
};

/** `fewshot.md`'s figures; turns, sensor noise and negatives are ours (ADR 0020). */
export const PICTURE_AUGMENTATION: PictureAugmentation = {
  logScale: 0.25,
  shift: 0.15,
  turn: 0.2,
  grain: 6,
  gain: [0.6, 1.5],
  offset: 0.12,
  permuteShare: 0.5,
  negativeShare: 0.25,
};

type Light = {
  readonly order: readonly [number, number, number];
  readonly gains: readonly [number, number, number];
  readonly offsets: readonly [number, number, number];
};

const ORDERS: readonly (readonly [number, number, number])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

function drawLight(source: Random, how: PictureAugmentation): Light {
  const order = ORDERS[source.integer(ORDERS.length)]!;
  const permuted = source.uniform() < how.permuteShare;
  const negative = source.uniform() < how.negativeShare;
  const gain = (): number => between(source, how.gain[0], how.gain[1]) * (negative ? -1 : 1);
  // A negative starts from white.
  const offset = (): number => (around(source, how.offset) + (negative ? 1 : 0)) * 255;
  return {
    order: permuted ? order : ORDERS[0]!,
    gains: [gain(), gain(), gain()],
    offsets: [offset(), offset(), offset()],
  };
}

// The older pictures were reduced with these weights, rounded down (`lumaInto`): half a level is taken off on average.
const LUMA = [77 / 256, 150 / 256, 29 / 256] as const;
const LUMA_LOSS = 0.5;

/** Where output pixel (x, y) comes from: `middle + scale R (x - middle, y - middle) + shift`. */
type View = { readonly xx: number; readonly xy: number; readonly x0: number; readonly y0: number };

const MIDDLE = (PICTURE_SIZE - 1) / 2;

function drawView(source: Random, how: PictureAugmentation): View {
  const scale = Math.exp(around(source, how.logScale));
  const angle = around(source, how.turn);
  const xx = scale * Math.cos(angle);
  const xy = scale * Math.sin(angle);
  const x0 = MIDDLE - (xx - xy) * MIDDLE + around(source, how.shift) * PICTURE_SIZE;
  const y0 = MIDDLE - (xy + xx) * MIDDLE + around(source, how.shift) * PICTURE_SIZE;
  return { xx, xy, x0, y0 };
}

const clampByte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5);

/** The picture half of a sample: RGB [96, 96, 3] and older lumas [3, 96, 96], bytes. */
export type PictureBytes = { readonly rgb: Uint8Array; readonly older: Uint8Array };

function checkPicture(name: string, picture: PictureBytes): void {
  checkLength(`${name}.rgb`, picture.rgb.length, PICTURE_BYTES);
  checkLength(`${name}.older`, picture.older.length, OLDER_BYTES);
}

/**
 * Writes one changed copy of a picture with its older lumas to `out`: one crop for all of them, one light.
 *
 * The older pictures are known by luma only, so the light moves them with the newest: what stands still stays still, and
 * what moved keeps its sign and is scaled by the gain.
 *
 * @throws {ShapeError} ERR_SHAPE if an array is not 96 x 96 x 3 long.
 */
export function augmentPicture(
  picture: PictureBytes,
  source: Random,
  out: PictureBytes,
  how: PictureAugmentation = PICTURE_AUGMENTATION,
): void {
  checkPicture('picture', picture);
  checkPicture('out', out);
  const view = drawView(source, how);
  relight(picture, drawLight(source, how), view, out);
  addGrain(out, source, how.grain * source.uniform());
}

/** One pass over the output pixels; the innermost loop of the trainer's typed-array work, hence unrolled. */
function relight(picture: PictureBytes, light: Light, view: View, out: PictureBytes): void {
  const { rgb, older } = picture;
  const { xx, xy } = view;
  const [g0, g1, g2] = light.gains;
  const [o0, o1, o2] = light.offsets;
  const [c0, c1, c2] = light.order;
  const contrast = LUMA[0] * g0 + LUMA[1] * g1 + LUMA[2] * g2;
  const last = PICTURE_SIZE - 1;
  for (let y = 0, to = 0; y < PICTURE_SIZE; y++) {
    for (let x = 0; x < PICTURE_SIZE; x++, to++) {
      // Beyond the frame its edge goes on, as a wall behind a person does.
      const sx = Math.min(Math.max(view.x0 + xx * x - xy * y, 0), last);
      const sy = Math.min(Math.max(view.y0 + xy * x + xx * y, 0), last);
      const left = Math.min(Math.floor(sx), last - 1);
      const top = Math.min(Math.floor(sy), last - 1);
      const right = sx - left;
      const down = sy - top;
      const p = top * PICTURE_SIZE + left;
      const w00 = (1 - down) * (1 - right);
      const w01 = (1 - down) * right;
      const w10 = down * (1 - right);
      const w11 = down * right;
      const q = p * 3;
      const below = q + PICTURE_SIZE * 3;
      const a = rgb[q]! * w00 + rgb[q + 3]! * w01 + rgb[below]! * w10 + rgb[below + 3]! * w11;
      const b = rgb[q + 1]! * w00 + rgb[q + 4]! * w01 + rgb[below + 1]! * w10 + rgb[below + 4]! * w11;
      const c = rgb[q + 2]! * w00 + rgb[q + 5]! * w01 + rgb[below + 2]! * w10 + rgb[below + 5]! * w11;
      const luma = LUMA[0] * a + LUMA[1] * b + LUMA[2] * c - LUMA_LOSS;
      const at = 3 * to;
      out.rgb[at] = clampByte((c0 === 0 ? a : c0 === 1 ? b : c) * g0 + o0);
      out.rgb[at + 1] = clampByte((c1 === 0 ? a : c1 === 1 ? b : c) * g1 + o1);
      out.rgb[at + 2] = clampByte((c2 === 0 ? a : c2 === 1 ? b : c) * g2 + o2);
      const relit =
        LUMA[0] * out.rgb[at]! + LUMA[1] * out.rgb[at + 1]! + LUMA[2] * out.rgb[at + 2]! - LUMA_LOSS;
      for (let k = 0, plane = p; k < OLDER_PICTURES; k++, plane += PICTURE_PIXELS) {
        const under = plane + PICTURE_SIZE;
        const before =
          older[plane]! * w00 + older[plane + 1]! * w01 + older[under]! * w10 + older[under + 1]! * w11;
        out.older[k * PICTURE_PIXELS + to] = clampByte(relit + contrast * (before - luma));
      }
    }
  }
}

/** Sensor noise of `deviation` levels: the same for the three colours of a pixel, another in every older picture. */
function addGrain(out: PictureBytes, source: Random, deviation: number): void {
  if (deviation <= 0) return;
  for (let k = 0; k < OLDER_PICTURES; k++) {
    const from = source.integer(GRAIN.length - PICTURE_PIXELS);
    const plane = out.older.subarray(k * PICTURE_PIXELS, (k + 1) * PICTURE_PIXELS);
    for (let p = 0; p < PICTURE_PIXELS; p++) plane[p] = clampByte(plane[p]! + deviation * GRAIN[from + p]!);
  }
  const from = source.integer(GRAIN.length - PICTURE_PIXELS);
  for (let p = 0; p < PICTURE_PIXELS; p++) {
    const noise = deviation * GRAIN[from + p]!;
    for (let i = 3 * p; i < 3 * p + 3; i++) out.rgb[i] = clampByte(out.rgb[i]! + noise);
  }
}
