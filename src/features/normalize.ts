/**
 * Raw windows to the encoders' inputs. Pure; channels last; each function has a form that writes into a batch.
 */
import { ShapeError } from '../errors.ts';
import { lumaInto } from './pixels.ts';
import {
  AUDIO_INPUT,
  MEL_BANDS,
  MEL_CENTRE,
  MEL_DEVIATION_FLOOR,
  MEL_SCALE,
  MEL_TILT,
  MEL_VALUES,
  OLDER_BYTES,
  PICTURE_BYTES,
  PICTURE_DEVIATION_FLOOR,
  PICTURE_PIXELS,
  PICTURE_TINT,
  PICTURE_TINT_POWER,
  VIDEO_INPUT,
  VIDEO_PLANES,
  WINDOW_COLUMNS,
} from './spec.ts';

function requireLength(name: string, got: number, expected: number): void {
  if (got === expected) return;
  throw new ShapeError('ERR_SHAPE', `${name} has ${got} numbers, expected ${expected}: hand over one window`);
}

function requireRoom(out: Float32Array, offset: number, needed: number): void {
  if (Number.isInteger(offset) && offset >= 0 && offset + needed <= out.length) return;
  const hint = `output has ${out.length} numbers, a window from ${offset} on needs ${needed}`;
  throw new ShapeError('ERR_SHAPE', `${hint}: make the batch larger`);
}

const bandRamp = Float64Array.from(
  { length: MEL_BANDS },
  (_, b) => MEL_TILT * ((2 * b) / (MEL_BANDS - 1) - 1),
);

function bandMeans(mel: Float32Array): Float64Array {
  const means = new Float64Array(MEL_BANDS);
  for (let i = 0; i < MEL_VALUES; i++) means[i % MEL_BANDS]! += mel[i]! / WINDOW_COLUMNS;
  return means;
}

/**
 * Writes one sound window [96, 64, 2] from `offset` on. Plane 0 is `(mel + 1.5) / 2` and a ramp over the bands from
 * -1 to 1: it keeps level and shows pitch, so a hum differs from a whine. Plane 1 is mel minus each band's mean over the window, over one deviation of the whole window (at least 0.3
 * nats): it ignores gain and channel. One deviation and not 64, so that empty bands stay small.
 *
 * @param mel [96, 64] natural-log energies, read only.
 * @throws {ShapeError} ERR_SHAPE on another length or where the output is too short.
 */
export function audioPlanesInto(out: Float32Array, offset: number, mel: Float32Array): void {
  requireLength('mel', mel.length, MEL_VALUES);
  requireRoom(out, offset, AUDIO_INPUT);
  const means = bandMeans(mel);
  let squares = 0;
  for (let i = 0; i < MEL_VALUES; i++) squares += (mel[i]! - means[i % MEL_BANDS]!) ** 2;
  const scale = 1 / Math.max(MEL_DEVIATION_FLOOR, Math.sqrt(squares / MEL_VALUES));
  for (let i = 0; i < MEL_VALUES; i++) {
    out[offset + 2 * i] = (mel[i]! - MEL_CENTRE) / MEL_SCALE + bandRamp[i % MEL_BANDS]!;
    out[offset + 2 * i + 1] = (mel[i]! - means[i % MEL_BANDS]!) * scale;
  }
}

/** One sound window as a new array [96, 64, 2]; see `audioPlanesInto`. */
export function audioPlanes(mel: Float32Array): Float32Array {
  const out = new Float32Array(AUDIO_INPUT);
  audioPlanesInto(out, 0, mel);
  return out;
}

type Centre = { readonly means: readonly [number, number, number]; readonly deviation: number };

/** Per-channel means and the one deviation around them, in 0..255. */
function colourCentre(rgb: Uint8Array): Centre {
  let [red, green, blue, squares] = [0, 0, 0, 0];
  for (let i = 0; i < PICTURE_BYTES; i += 3) {
    const [r, g, b] = [rgb[i]!, rgb[i + 1]!, rgb[i + 2]!];
    red += r;
    green += g;
    blue += b;
    squares += r * r + g * g + b * b;
  }
  const means = [red / PICTURE_PIXELS, green / PICTURE_PIXELS, blue / PICTURE_PIXELS] as const;
  const between = (means[0] ** 2 + means[1] ** 2 + means[2] ** 2) / 3;
  return { means, deviation: Math.sqrt(Math.max(0, squares / PICTURE_BYTES - between)) };
}

const FULL_SCALE = 255;
const MIDDLE = FULL_SCALE / 2;
const FLOOR = PICTURE_DEVIATION_FLOOR * FULL_SCALE;

/** What a channel of mean `mean` keeps of it: all of `PICTURE_TINT` in a picture without contrast, next to none in a scene. */
function tintOf(mean: number, scale: number): number {
  return PICTURE_TINT * (mean / MIDDLE - 1) * (FLOOR * scale) ** PICTURE_TINT_POWER;
}

const luma = new Uint8Array(PICTURE_PIXELS); // scratch, only used within one synchronous call

/**
 * Writes one picture window [96, 96, 6] from `offset` on, with `D` one deviation of the whole picture, at least `F`, 0.03 of
 * full scale. Planes 0 to 2: `(x - mean_c) / D + 5 (mean_c / 127.5 - 1) (F / D)^3` of R, G and B: shapes without the colour of
 * the light where there are shapes, the colour of the whole frame where there is nothing else (ADR 0073). Planes 3 to 5: the
 * signed luma steps newest - first, first - second, second - third older, over `D`, so that contrast and exposure cancel in
 * motion as they do in shape.
 *
 * @param rgb [96, 96, 3], 0..255. @param older [3, 96, 96] luma, newest first. Both read only.
 * @throws {ShapeError} ERR_SHAPE on another length or where the output is too short.
 */
export function videoPlanesInto(out: Float32Array, offset: number, rgb: Uint8Array, older: Uint8Array): void {
  requireLength('rgb', rgb.length, PICTURE_BYTES);
  requireLength('older', older.length, OLDER_BYTES);
  requireRoom(out, offset, VIDEO_INPUT);
  const { means, deviation } = colourCentre(rgb);
  const scale = 1 / Math.max(FLOOR, deviation);
  const [red, green, blue] = means;
  const tints = [tintOf(red, scale), tintOf(green, scale), tintOf(blue, scale)] as const;
  const [redTint, greenTint, blueTint] = tints;
  lumaInto(luma, 0, rgb);
  // Unrolled: with a loop over planes it is the dearest part of writing a batch.
  for (let p = 0, q = 0, at = offset; p < PICTURE_PIXELS; p++, q += 3, at += VIDEO_PLANES) {
    const first = older[p]!;
    const second = older[p + PICTURE_PIXELS]!;
    out[at] = (rgb[q]! - red) * scale + redTint;
    out[at + 1] = (rgb[q + 1]! - green) * scale + greenTint;
    out[at + 2] = (rgb[q + 2]! - blue) * scale + blueTint;
    out[at + 3] = (luma[p]! - first) * scale;
    out[at + 4] = (first - second) * scale;
    out[at + 5] = (second - older[p + 2 * PICTURE_PIXELS]!) * scale;
  }
}

/** One picture window as a new array [96, 96, 6]; see `videoPlanesInto`. */
export function videoPlanes(rgb: Uint8Array, older: Uint8Array): Float32Array {
  const out = new Float32Array(VIDEO_INPUT);
  videoPlanesInto(out, 0, rgb, older);
  return out;
}
