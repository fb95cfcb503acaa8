/** Windows of pictures for the AV-stream: a shape that moves, through the product's scaling and luma. */
import { lumaInto, PictureScaler } from '../../../../src/features/pixels.ts';
import {
  OLDER_BYTES,
  OLDER_PICTURES,
  PICTURE_BYTES,
  PICTURE_PIXELS,
  PICTURE_SIZE,
} from '../../../../src/features/spec.ts';
import { type Random, random } from '../../../../src/random.ts';
import { drawScene, Painter } from '../../../support/clip-picture.ts';
import { AV_CLASSES } from './classes.ts';

/** `dim`: too short an exposure and out of focus; `other`: other colours, sizes, places and textures; `noise`: no picture at all. */
export type PictureCondition = 'plain' | 'dim' | 'other' | 'noise';

export type PictureDifficulty = {
  /** Deviation of the sensor's noise at 320 x 240, in levels. */
  readonly noise: number;
  /** Deviation of noise on each of the 96 x 96 pixels, in levels, whatever the light. */
  readonly grain: number;
  /** Most still distractors. */
  readonly blobs: number;
  /** Share of full light, and half the width of the blur in pixels of 96, while it is dim. */
  readonly exposure: number;
  readonly blur: number;
};

export type PictureWindow = { readonly rgb: Uint8Array; readonly older: Uint8Array };

const STEP = 2 / 15; // seconds from one of a window's pictures to the next older one
const clamped = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

/** Mean over a square of `2 reach + 1` pixels, one direction at a time. */
function blurred(rgb: Uint8Array, reach: number): Uint8Array {
  const pass = (from: Uint8Array, step: number, cross: number): Uint8Array => {
    const out = new Uint8Array(PICTURE_BYTES);
    for (let line = 0; line < PICTURE_SIZE; line++)
      for (let at = 0; at < PICTURE_SIZE; at++)
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          for (let k = -reach; k <= reach; k++) {
            const near = Math.min(PICTURE_SIZE - 1, Math.max(0, at + k));
            sum += from[line * cross + near * step + channel]!;
          }
          out[line * cross + at * step + channel] = sum / (2 * reach + 1);
        }
    return out;
  };
  const row = 3 * PICTURE_SIZE;
  return reach === 0 ? rgb : pass(pass(rgb, 3, row), row, 3);
}

const SPECKS = 1 << 18;

/** What light, focus and sensor make of pictures; owns its noise. */
class Camera {
  readonly #draw: Random;
  readonly #specks: Float32Array;

  constructor(draw: Random) {
    this.#draw = draw;
    this.#specks = Float32Array.from({ length: SPECKS }, () => draw.normal());
  }

  take(rgb: Uint8Array, condition: PictureCondition, how: PictureDifficulty): Uint8Array {
    const dim = condition === 'dim';
    const sharp = dim ? blurred(rgb, how.blur) : rgb;
    const gain = dim ? how.exposure : 1;
    const from = this.#draw.integer(SPECKS - PICTURE_BYTES);
    return sharp.map((value, i) => clamped(value * gain + how.grain * this.#specks[from + i]!));
  }

  /** Nothing but noise. */
  noise(): Uint8Array {
    const level = 60 + 120 * this.#draw.uniform();
    const from = this.#draw.integer(SPECKS - PICTURE_BYTES);
    return Uint8Array.from({ length: PICTURE_BYTES }, (_, i) =>
      clamped(level + 45 * this.#specks[from + i]!),
    );
  }
}

/** Newest picture first; lumas of the older ones follow it. */
function windowOf(pictures: readonly Uint8Array[]): PictureWindow {
  const older = new Uint8Array(OLDER_BYTES);
  pictures.slice(1).forEach((picture, k) => {
    lumaInto(older, k * PICTURE_PIXELS, picture);
  });
  return { rgb: pictures[0] ?? new Uint8Array(PICTURE_BYTES), older };
}

export type PictureReelOptions = {
  readonly condition: PictureCondition;
  /** Of `AV_CLASSES`. */
  readonly classIndex: number;
  readonly count: number;
  /** The same seed gives the same windows. */
  readonly seed: number;
  readonly difficulty: PictureDifficulty;
};

/** Picture windows of one class; every one is a scene of its own. */
export function pictureReel(options: PictureReelOptions): readonly PictureWindow[] {
  const { condition, classIndex, count, seed, difficulty } = options;
  const draw = random(seed).fork(`pictures-${condition}-${classIndex}`);
  const painter = new Painter(draw.fork('painter'));
  const camera = new Camera(draw.fork('camera'));
  const scaler = new PictureScaler();
  const noise = { fixed: difficulty.noise, moving: difficulty.noise };
  const rendering = condition === 'other' ? 'second' : 'first';
  const look = AV_CLASSES[classIndex];
  const times = Array.from({ length: OLDER_PICTURES + 1 }, (_, k) => -k * STEP);
  return Array.from({ length: count }, () => {
    if (condition === 'noise' || !look) return windowOf(times.map(() => camera.noise()));
    const scene = drawScene(draw, look, rendering, draw.integer(difficulty.blobs + 1));
    const newest = 0.5 + 1.5 * draw.uniform();
    return windowOf(
      times.map((older) => {
        const picture = scaler.fromI420(painter.paint(scene, newest + older, true, noise));
        return camera.take(picture, condition, difficulty);
      }),
    );
  });
}
