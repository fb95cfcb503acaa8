/**
 * What a camera does to a scene, and what differs from one taking to the next though the thing is the same: light, white
 * balance, tone curve, focus, vignetting, sensor noise, compression.
 */
import { PICTURE_BYTES, PICTURE_PIXELS, PICTURE_SIZE } from '../../features/spec.ts';
import type { Random } from '../../random.ts';
import { blur } from './blur.ts';
import { between, chance } from './colour.ts';
import { compress } from './compression.ts';
import { normals } from './noise.ts';
import type { Raster } from './raster.ts';

const LEVELS = 512; // of the tone curve's table, for 0..2 of full scale

/** One camera in one light; holds for the four pictures of a window. */
export type Look = {
  /** Tone curves, one a channel: light 0..2 to levels 0..255. */
  readonly curves: readonly [Float32Array, Float32Array, Float32Array];
  /** [96, 96] factors by which places are lit; null where all are alike. */
  readonly light: Float32Array | null;
  readonly blurPasses: number;
  /** Relative deviation of the exposure from picture to picture. */
  readonly unsteadiness: number;
  /** Standard deviations in levels: common to the channels, and of each. */
  readonly noise: readonly [number, number];
  /** Of `compress`; 0 for none. */
  readonly coarseness: number;
};

type Tone = {
  readonly gain: number;
  readonly gamma: number;
  readonly contrast: number;
  readonly lift: number;
};

function curve({ gain, gamma, contrast, lift }: Tone): Float32Array {
  const levels = new Float32Array(LEVELS);
  for (let i = 0; i < LEVELS; i++) {
    const light = (2 * i * gain) / LEVELS;
    const level = (light ** gamma - 0.5) * contrast + 0.5 + lift;
    levels[i] = 255 * Math.max(0, Math.min(1, level));
  }
  return levels;
}

/** Vignetting, and light that falls in from a side. */
function drawLight(source: Random): Float32Array | null {
  if (chance(source, 0.45)) return null;
  const dark = between(source, 0, 0.45);
  const [slope, angle] = [between(source, 0, 0.3), between(source, 0, 2 * Math.PI)];
  const [sx, sy] = [slope * Math.cos(angle), slope * Math.sin(angle)];
  const light = new Float32Array(PICTURE_PIXELS);
  for (let p = 0; p < PICTURE_PIXELS; p++) {
    const x = ((p % PICTURE_SIZE) * 2) / PICTURE_SIZE - 1;
    const y = (Math.floor(p / PICTURE_SIZE) * 2) / PICTURE_SIZE - 1;
    light[p] = 1 + sx * x + sy * y - (dark * (x * x + y * y)) / 2;
  }
  return light;
}

/**
 * Draws a camera and its light.
 *
 * @param keepsColour true for things that are known by their colour: the white balance is right within a few percent and
 * exposure within a quarter, where it else may be off by a third.
 */
export function drawLook(source: Random, keepsColour: boolean): Look {
  const loose = keepsColour ? 0.3 : 1;
  const spread = (half: number): number => Math.exp(between(source, -half, half) * loose);
  const exposure = spread(0.4);
  const shared = { gamma: spread(0.4), contrast: 1 - between(source, -0.2, 0.45) * loose };
  const lift = between(source, -0.08, 0.08) * loose;
  const tone = (): Float32Array => curve({ ...shared, gain: exposure * spread(0.28), lift });
  const grain = 11 * source.uniform() ** 2;
  return {
    curves: [tone(), tone(), tone()],
    light: drawLight(source),
    blurPasses: chance(source, 0.6) ? 0 : 1 + source.integer(4),
    unsteadiness: chance(source, 0.7) ? 0 : between(source, 0, 0.015),
    noise: [grain, grain * between(source, 0, 0.8)],
    coarseness: chance(source, 0.7) ? 0 : between(source, 1.5, 9),
  };
}

/** Focuses: blurs a scene that was just painted. */
export function focus(scene: Raster, { blurPasses }: Look): void {
  blur(scene, blurPasses);
}

/** The picture that comes out of the camera: [96, 96, 3] into `out`. Noise differs from call to call. */
export function expose(scene: Raster, look: Look, out: Uint8ClampedArray, source: Random): void {
  const { rgb } = scene;
  const { curves, light, unsteadiness, noise, coarseness } = look;
  const [red, green, blue] = curves;
  const [common, each] = noise;
  const from = source.integer(normals.length - PICTURE_BYTES);
  const other = source.integer(normals.length - PICTURE_BYTES);
  const top = LEVELS - 1;
  const exposure = (LEVELS / 2) * (1 + unsteadiness * source.normal());
  for (let p = 0; p < PICTURE_PIXELS; p++) {
    const lit = (light ? light[p]! : 1) * exposure;
    const at = 3 * p;
    const shot = common * normals[other + p]!;
    out[at] = red[Math.min(top, (rgb[at]! * lit) | 0)]! + shot + each * normals[from + at]!;
    out[at + 1] = green[Math.min(top, (rgb[at + 1]! * lit) | 0)]! + shot + each * normals[from + at + 1]!;
    out[at + 2] = blue[Math.min(top, (rgb[at + 2]! * lit) | 0)]! + shot + each * normals[from + at + 2]!;
  }
  if (coarseness > 0) compress(out, coarseness);
}
