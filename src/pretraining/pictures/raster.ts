/** Pictures being made: rectangles of RGB numbers, 0..1, that know which part of the plane they show. */
import { PICTURE_SIZE } from '../../features/spec.ts';
import { type Affine, inverse, magnification } from './affine.ts';
import type { Colour } from './colour.ts';
import { valueNoise } from './noise.ts';

/** Pixel (i, j) shows the point `(left + i step, top + j step)`. `rgb` is [height, width, 3]. */
export type Raster = {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly step: number;
  readonly rgb: Float32Array;
};

/** Width of a pixel of a frame, whose sides run from -1 to 1. */
export const PIXEL = 2 / PICTURE_SIZE;

/** An empty picture of the product's size, showing -1..1 both ways. */
export function frame(): Raster {
  const corner = -1 + PIXEL / 2;
  const rgb = new Float32Array(PICTURE_SIZE * PICTURE_SIZE * 3);
  return { width: PICTURE_SIZE, height: PICTURE_SIZE, left: corner, top: corner, step: PIXEL, rgb };
}

/** Signed distance to an outline, negative inside; right near the outline, elsewhere never more than the true one either way. */
export type Distance = (x: number, y: number) => number;

/** What a region is painted with: a run from one colour to another along a direction of the region's own plane. */
export type Paint = {
  readonly from: Colour;
  readonly to: Colour;
  /** Gradient in the region's own units; 0, 0 paints the mean of the two. */
  readonly along: readonly [number, number];
  /** Mottles of noise between the two colours: how strong, 0 for none, and how many a unit. */
  readonly mottles: readonly [number, number];
  /** 1 hides what is behind. */
  readonly opacity: number;
  /** Width of the edge in pixels; 1 is sharp. */
  readonly edge: number;
};

export function plainPaint(colour: Colour): Paint {
  return { from: colour, to: colour, along: [0, 0], mottles: [0, 0], opacity: 1, edge: 1 };
}

export function fill({ rgb }: Raster, [r, g, b]: Colour): void {
  for (let i = 0; i < rgb.length; i += 3) {
    rgb[i] = r;
    rgb[i + 1] = g;
    rgb[i + 2] = b;
  }
}

/**
 * Paints a region with antialiased edges.
 *
 * @param place from the region's own plane to the raster's.
 * @param reach the region lies within this distance of its origin.
 */
export function paintRegion(
  { width, height, left, top, step, rgb }: Raster,
  place: Affine,
  { distance, reach }: { readonly distance: Distance; readonly reach: number },
  { from, to, along, mottles, opacity, edge }: Paint,
): void {
  const [a, b, c, d, e, f] = inverse(place);
  const margin = reach + 2 * edge * step * magnification([a, b, c, d, e, f]);
  const [wide, high] = [Math.hypot(place[0], place[1]) * margin, Math.hypot(place[3], place[4]) * margin];
  const first = Math.max(0, Math.ceil((place[2] - wide - left) / step));
  const last = Math.min(width - 1, Math.floor((place[2] + wide - left) / step));
  const upper = Math.max(0, Math.ceil((place[5] - high - top) / step));
  const lower = Math.min(height - 1, Math.floor((place[5] + high - top) / step));
  const sharpness = 1 / (edge * step * magnification([a, b, c, d, e, f]));
  const soft = 0.5 / sharpness;
  const leap = 1 / (step * Math.hypot(a, d));
  const [r0, g0, b0] = from;
  const [dr, dg, db] = [to[0] - r0, to[1] - g0, to[2] - b0];
  const [ax, ay] = [along[0] / 2, along[1] / 2];
  const [mottled, density] = mottles;
  for (let j = upper; j <= lower; j++) {
    const py = top + j * step;
    for (let i = first; i <= last; i++) {
      const px = left + i * step;
      const x = a * px + b * py + c;
      const y = d * px + e * py + f;
      const away = distance(x, y);
      const inside = 0.5 - away * sharpness;
      if (inside <= 0) {
        // As far as it is to the edge, no pixel of this row needs a look.
        i += ((away - soft) * leap) | 0;
        continue;
      }
      const cover = inside >= 1 ? opacity : inside * opacity;
      let run = 0.5 + ax * x + ay * y;
      if (mottled > 0) run += mottled * (valueNoise(x * density, y * density) - 0.5);
      const t = Math.max(0, Math.min(1, run));
      const at = (j * width + i) * 3;
      rgb[at]! += (r0 + dr * t - rgb[at]!) * cover;
      rgb[at + 1]! += (g0 + dg * t - rgb[at + 1]!) * cover;
      rgb[at + 2]! += (b0 + db * t - rgb[at + 2]!) * cover;
    }
  }
}

/** Fills `to` with what `sheet` shows there, between its pixels by two straight lines. @param lookup from `to`'s plane to the sheet's */
export function warpInto(to: Raster, sheet: Raster, lookup: Affine): void {
  const scale = 1 / sheet.step;
  const [a, b, d, e] = [lookup[0] * scale, lookup[1] * scale, lookup[3] * scale, lookup[4] * scale];
  const [c, f] = [(lookup[2] - sheet.left) * scale, (lookup[5] - sheet.top) * scale];
  const [right, bottom] = [sheet.width - 1.001, sheet.height - 1.001];
  const row = sheet.width * 3;
  const source = sheet.rgb;
  const out = to.rgb;
  let at = 0;
  for (let j = 0; j < to.height; j++) {
    const py = to.top + j * to.step;
    for (let i = 0; i < to.width; i++, at += 3) {
      const px = to.left + i * to.step;
      const x = Math.min(right, Math.max(0, a * px + b * py + c));
      const y = Math.min(bottom, Math.max(0, d * px + e * py + f));
      const u = x - (x | 0);
      const v = y - (y | 0);
      const p = (y | 0) * row + (x | 0) * 3;
      const q = p + row;
      const se = u * v;
      const ne = u - se;
      const sw = v - se;
      const nw = 1 - u - sw;
      out[at] = source[p]! * nw + source[p + 3]! * ne + source[q]! * sw + source[q + 3]! * se;
      out[at + 1] = source[p + 1]! * nw + source[p + 4]! * ne + source[q + 1]! * sw + source[q + 4]! * se;
      out[at + 2] = source[p + 2]! * nw + source[p + 5]! * ne + source[q + 2]! * sw + source[q + 5]! * se;
    }
  }
}
