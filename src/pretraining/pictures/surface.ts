/** Surfaces: what fills a whole view. For a camera that moves they are baked onto a sheet once a window. */
import { PICTURE_BYTES } from '../../features/spec.ts';
import { type Affine, chain, IDENTITY, magnification } from './affine.ts';
import { type Colour, mix } from './colour.ts';
import { type Instant, type Shot, viewsOf } from './film.ts';
import { PIXEL, type Raster, warpInto } from './raster.ts';

/** Paints every pixel of a raster. @param view from the raster's plane to the world */
export type Surface = (to: Raster, view: Affine) => void;

const LARGEST_SHEET = 208; // pixels a side: a view that pans far is baked coarser rather than slowly
const SPARE = 3;
const RAMP = 256;

// Scratch of the one surface that hangs at a time: rendering is synchronous, and a megabyte a window is hard on the collector.
const baked = new Float32Array((LARGEST_SHEET + SPARE) ** 2 * 3);
const kept = new Float32Array(PICTURE_BYTES);

/** The part of the world that comes into sight, with a pixel to spare. */
function sheetFor(views: readonly Affine[]): Raster {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  let finest = Infinity;
  for (const view of views) {
    const [a, b, c, d, e, f] = view;
    const [wide, high] = [Math.abs(a) + Math.abs(b), Math.abs(d) + Math.abs(e)];
    [left, right] = [Math.min(left, c - wide), Math.max(right, c + wide)];
    [top, bottom] = [Math.min(top, f - high), Math.max(bottom, f + high)];
    finest = Math.min(finest, magnification(view));
  }
  const step = Math.max(PIXEL * finest, Math.max(right - left, bottom - top) / LARGEST_SHEET);
  const width = Math.ceil((right - left) / step) + SPARE;
  const height = Math.ceil((bottom - top) / step) + SPARE;
  const rgb = baked.subarray(0, width * height * 3);
  return { width, height, left: left - step, top: top - step, step, rgb };
}

/** Remembers the last picture that was painted, for as long as the camera does not move. */
function remembering(paint: (to: Raster, view: Affine) => void): (to: Raster, instant: Instant) => void {
  let seen: Affine | null = null;
  return (to, { view }) => {
    if (seen === view) {
      to.rgb.set(kept);
      return;
    }
    paint(to, view);
    seen = view;
    kept.set(to.rgb);
  };
}

/**
 * A surface hung behind everything a shot shows: paints a frame as that instant's view sees it. Only the surface that was
 * hung last can be looked at.
 */
export function hang(surface: Surface, shot: Shot): (to: Raster, instant: Instant) => void {
  const views = viewsOf(shot);
  if (views.every((view) => view === views[0])) return remembering(surface);
  const sheet = sheetFor(views);
  surface(sheet, IDENTITY);
  return (to, { view }) => warpInto(to, sheet, view);
}

/** Colours for a number 0..1: [256, 3]. */
export type Ramp = Float32Array;

/** A ramp through evenly spaced colours. */
export function rampThrough(colours: readonly Colour[]): Ramp {
  const ramp = new Float32Array(RAMP * 3);
  for (let i = 0; i < RAMP; i++) {
    const place = (i / (RAMP - 1)) * (colours.length - 1);
    const from = Math.min(colours.length - 2, Math.floor(place));
    const colour = colours.length === 1 ? colours[0]! : mix(colours[from]!, colours[from + 1]!, place - from);
    ramp.set(colour, 3 * i);
  }
  return ramp;
}

/** Mean colour of a ramp. */
export function rampMean(ramp: Ramp): Colour {
  const sum: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < ramp.length; i++) sum[i % 3]! += ramp[i]! / RAMP;
  return sum;
}

/** A number 0..1 for every point of the plane. */
export type Field = (x: number, y: number) => number;

/** A field shown through a ramp. @param place from the world to the field's own plane */
export function fieldSurface(field: Field, ramp: Ramp, place: Affine): Surface {
  return ({ width, height, left, top, step, rgb }, view) => {
    const [a, b, c, d, e, f] = chain(place, view);
    let at = 0;
    for (let j = 0; j < height; j++) {
      const y = top + j * step;
      for (let i = 0; i < width; i++, at += 3) {
        const x = left + i * step;
        const value = field(a * x + b * y + c, d * x + e * y + f);
        const entry = 3 * Math.max(0, Math.min(RAMP - 1, (value * RAMP) | 0));
        rgb[at] = ramp[entry]!;
        rgb[at + 1] = ramp[entry + 1]!;
        rgb[at + 2] = ramp[entry + 2]!;
      }
    }
  };
}
