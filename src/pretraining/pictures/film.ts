/** From a scene to a window: where the camera stands at each of the four pictures, and the taking of them. */
import { lumaInto } from '../../features/pixels.ts';
import { OLDER_BYTES, OLDER_PICTURES, PICTURE_BYTES, PICTURE_PIXELS } from '../../features/spec.ts';
import type { Random } from '../../random.ts';
import type { PictureWindow } from '../instance.ts';
import { type Affine, chain, IDENTITY, inverse, rotation, scaling, translation } from './affine.ts';
import { drawLook, expose, focus, type Look } from './camera.ts';
import { between, chance } from './colour.ts';
import { displacement, drawJump, type Motion, moves } from './motion.ts';
import { drawOccluder } from './occluder.ts';
import { frame, PIXEL, type Raster } from './raster.ts';

/** An instant while the shutter is open: luma steps since the newest picture, and the map from the frame to the world then. */
export type Instant = { readonly time: number; readonly view: Affine };

/** How a window is taken. */
export type Shot = {
  /** Newest picture first; more than one instant where the motion smears. */
  readonly pictures: readonly (readonly Instant[])[];
  readonly look: Look;
};

/** What is in front of the camera. */
export type Scene = {
  /** False where it looks the same at all times. */
  readonly changes: boolean;
  /** Paints every pixel of a frame. */
  readonly paint: (to: Raster, instant: Instant) => void;
};

export type ShotOptions = {
  readonly motion: Motion;
  /** See `drawLook`. */
  readonly keepsColour: boolean;
};

const EXPOSURES = 3;
/** Cameras are not in step with our clock: a picture is up to this many luma steps early or late. */
const UNPUNCTUAL = 0.06;

/** Roll up to 8 degrees, a tenth wider or taller, closer or farther by a fifth, a little off the centre. */
function drawStand(source: Random): Affine {
  const wide = Math.exp(between(source, -0.1, 0.1));
  const close = Math.exp(between(source, -0.2, 0.15));
  return chain(
    translation(between(source, -0.15, 0.15), between(source, -0.15, 0.15)),
    rotation(between(source, -0.14, 0.14)),
    scaling(close * wide, close / wide),
  );
}

/** Draws how a motion is taken. If it moves the whole view, the camera does it. */
export function drawShot(source: Random, { motion, keepsColour }: ShotOptions): Shot {
  const stand = drawStand(source);
  const hand = chance(source, 0.3) ? PIXEL * between(source, 0.2, 0.8) : 0;
  const jumpiness = motion.shake + hand;
  const shutter = moves(motion) && chance(source, 0.25) ? between(source, 0.15, 0.5) : 0;
  const pictures = Array.from({ length: 1 + OLDER_PICTURES }, (_, k) => {
    const taken = -k + (k === 0 ? 0 : between(source, -UNPUNCTUAL, UNPUNCTUAL));
    const jump = jumpiness > 0 ? drawJump(source, jumpiness) : IDENTITY;
    const times =
      shutter > 0 ? Array.from({ length: EXPOSURES }, (_, i) => taken + (shutter * i) / EXPOSURES) : [taken];
    return times.map((time): Instant => {
      if (!motion.whole && jumpiness === 0) return { time, view: stand };
      const seen = motion.whole ? displacement(motion, time) : IDENTITY;
      return { time, view: chain(stand, inverse(chain(jump, seen))) };
    });
  });
  return { pictures, look: drawLook(source, keepsColour) };
}

/** Every view of a shot, for whoever must know how much of the world comes into sight. */
export function viewsOf({ pictures }: Shot): Affine[] {
  return pictures.flatMap((instants) => instants.map(({ view }) => view));
}

function paintPicture(to: Raster, scene: Scene, instants: readonly Instant[], spare: Raster): void {
  const [first, ...others] = instants;
  if (first) scene.paint(to, first);
  if (others.length === 0) return;
  for (const instant of others) {
    scene.paint(spare, instant);
    for (let p = 0; p < to.rgb.length; p++) to.rgb[p]! += spare.rgb[p]!;
  }
  const share = 1 / instants.length;
  for (let p = 0; p < to.rgb.length; p++) to.rgb[p]! *= share;
}

const [canvas, spare] = [frame(), frame()]; // scratch, only used within one synchronous call
const bytes = new Uint8ClampedArray(PICTURE_BYTES);
const plainBytes = new Uint8Array(bytes.buffer);

/** Takes a window's four pictures. The caller owns the result. */
export function film({ pictures, look }: Shot, scene: Scene, source: Random): PictureWindow {
  const rgb = new Uint8Array(PICTURE_BYTES);
  const older = new Uint8Array(OLDER_BYTES);
  const occlude = drawOccluder(source);
  let shown: Affine | null = null;
  pictures.forEach((instants, k) => {
    const view = instants[0]?.view ?? IDENTITY;
    if (scene.changes || view !== shown) {
      paintPicture(canvas, scene, instants, spare);
      occlude(canvas);
      focus(canvas, look);
      shown = view;
    }
    expose(canvas, look, bytes, source);
    if (k === 0) rgb.set(bytes);
    else lumaInto(older, (k - 1) * PICTURE_PIXELS, plainBytes);
  });
  return { rgb, older };
}
