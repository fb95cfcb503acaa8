/** A stencil in motion before a camera: four pictures, through the product's scaling, with nuisance drawn for each window. */
import { lumaInto, PictureScaler } from '../../../../src/features/pixels.ts';
import { OLDER_BYTES, OLDER_PICTURES, PICTURE_BYTES, PICTURE_PIXELS } from '../../../../src/features/spec.ts';
import type { PictureWindow } from '../../../../src/pretraining/instance.ts';
import type { Random } from '../../../../src/random.ts';
import { GRAIN } from '../../../../src/training/draws.ts';
import { type Range, within } from './draws.ts';
import { MOTIONS, type MotionName } from './motions.ts';
import { coverAt, type Stencil } from './shapes/stencil.ts';

const WIDTH = 160;
const HEIGHT = 120;
const STEP = 2 / 15; // seconds from one of a window's pictures to the next older one

type Colour = readonly [r: number, g: number, b: number];
const lumaOf = ([r, g, b]: Colour): number => 0.3 * r + 0.59 * g + 0.11 * b;

/** Two colours of chance whose luma differs by 50 or more, whichever is the lighter. */
function colours(draw: Random): readonly [ink: Colour, paper: Colour] {
  const drawn = (): Colour => [within(draw, [10, 245]), within(draw, [10, 245]), within(draw, [10, 245])];
  const ink = drawn();
  let paper = drawn();
  while (Math.abs(lumaOf(ink) - lumaOf(paper)) < 50) paper = drawn();
  return [ink, paper];
}

/** What is no part of a thing's identity. */
type Shot = {
  readonly ink: Colour;
  readonly paper: Colour;
  /** Levels from edge to edge. */
  readonly shade: readonly [number, number];
  /** Of the thing's middle, and its size, in heights of the picture. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly tilt: number;
  readonly phase: number;
  /** Cycles a second. */
  readonly pace: number;
  readonly reach: number;
  /** Deviation of the noise, in levels. */
  readonly noise: number;
};

const SIZE: Range = [0.24, 0.4];
const PERIOD: Range = [0.8, 1.3]; // of a pattern, in heights of the picture

function shotOf(draw: Random, { repeats }: Stencil): Shot {
  const [ink, paper] = colours(draw);
  return {
    ink,
    paper,
    shade: [within(draw, [-25, 25]), within(draw, [-25, 25])],
    x: within(draw, [-0.25, 0.25]),
    y: within(draw, [-0.12, 0.12]),
    size: within(draw, repeats ? PERIOD : SIZE),
    tilt: within(draw, [-0.3, 0.3]),
    phase: draw.uniform(),
    pace: within(draw, [1.5, 2.1]),
    reach: within(draw, [0.8, 1.2]),
    noise: within(draw, [2, 14]),
  };
}

const scaler = new PictureScaler(); // scratch memory only
const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4); // scratch for one synchronous call
const FAR = 1.6; // no stencil that does not repeat reaches so far from its middle

function paint(stencil: Stencil, shot: Shot, motion: MotionName, cycles: number, draw: Random): Uint8Array {
  const { x, y, angle, scale, alpha } = MOTIONS[motion](cycles, shot.reach);
  const { ink, paper, shade, noise } = shot;
  const size = shot.size * scale * HEIGHT;
  const [cos, sin] = [Math.cos(shot.tilt + angle) / size, Math.sin(shot.tilt + angle) / size];
  const [cx, cy] = [WIDTH / 2 + (shot.x + x) * HEIGHT, HEIGHT / 2 + (shot.y + y) * HEIGHT];
  const far = stencil.repeats ? WIDTH + HEIGHT : FAR * size;
  const entry = draw.integer(GRAIN.length);
  for (let row = 0, at = 0; row < HEIGHT; row++) {
    const dy = row + 0.5 - cy;
    for (let column = 0; column < WIDTH; column++, at++) {
      const dx = column + 0.5 - cx;
      const near = Math.abs(dx) < far && Math.abs(dy) < far;
      const cover = near ? alpha * coverAt(stencil, cos * dx + sin * dy, cos * dy - sin * dx) : 0;
      const light = shade[0] * (column / WIDTH - 0.5) + shade[1] * (row / HEIGHT - 0.5);
      const speck = light + noise * GRAIN[(entry + at) % GRAIN.length]!;
      data[4 * at] = paper[0] + cover * (ink[0] - paper[0]) + speck;
      data[4 * at + 1] = paper[1] + cover * (ink[1] - paper[1]) + speck;
      data[4 * at + 2] = paper[2] + cover * (ink[2] - paper[2]) + speck;
    }
  }
  return scaler.fromRgba(data, WIDTH, HEIGHT);
}

/** One window of a stencil in motion. */
export function shoot(stencil: Stencil, motion: MotionName, draw: Random): PictureWindow {
  const shot = shotOf(draw, stencil);
  const pictures = Array.from({ length: OLDER_PICTURES + 1 }, (_, k) =>
    paint(stencil, shot, motion, shot.phase - k * STEP * shot.pace, draw),
  );
  const older = new Uint8Array(OLDER_BYTES);
  pictures.slice(1).forEach((picture, k) => {
    lumaInto(older, k * PICTURE_PIXELS, picture);
  });
  return { rgb: pictures[0] ?? new Uint8Array(PICTURE_BYTES), older };
}
