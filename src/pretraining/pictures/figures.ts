/** Stick figures, in the middle of a gesture: every joint turns at a constant rate, none comes back within a window. */
import type { Random } from '../../random.ts';
import { IDENTITY } from './affine.ts';
import { between, chance } from './colour.ts';
import { strokes } from './outlines.ts';
import type { Distance } from './raster.ts';
import type { Thing } from './thing.ts';

/** An angle from straight down, clockwise in radians, and its rate a luma step. */
type Joint = { readonly angle: number; readonly rate: number };
type Limb = { readonly root: Joint; readonly bend: Joint };

const FULL_RATE = 0.35; // radians in a luma step: an arm from below to above in a second and a bit
const SHOULDER = -0.45;
const HIP = 0.12;
const HEAD = -0.8;
const REACH = 1.35; // a hand above the shoulder, leaning over

const still = (angle: number): Joint => ({ angle, rate: 0 });

/** A limb about `angle`, moving at `rate`; the outer half lags or leads a little. */
function limb(source: Random, angle: number, rate: number): Limb {
  return {
    root: { angle, rate },
    bend: { angle: angle + between(source, -0.7, 0.7), rate: rate * between(source, 0.8, 1.3) },
  };
}

const drawRate = (source: Random, share: number): number =>
  chance(source, share) ? (chance(source, 0.5) ? 1 : -1) * FULL_RATE * between(source, 0.25, 1) : 0;

type Body = {
  readonly arms: readonly [Limb, Limb];
  readonly legs: readonly [Limb, Limb];
  readonly lean: Joint;
  readonly width: number;
  readonly head: number;
};

/** Two lines of a limb from where it is rooted. */
function reach(x: number, y: number, { root, bend }: Limb, length: number, time: number): number[] {
  const [upper, lower] = [root.angle + root.rate * time, bend.angle + bend.rate * time];
  const [mx, my] = [x + length * Math.sin(upper), y + length * Math.cos(upper)];
  return [x, y, mx, my, mx, my, mx + length * Math.sin(lower), my + length * Math.cos(lower)];
}

/** The body at a time, in steps from the middle of the window. */
function pose({ arms, legs, lean, width, head }: Body, time: number): Distance {
  const tilt = lean.angle + lean.rate * time;
  const [sin, cos] = [Math.sin(tilt), Math.cos(tilt)];
  const along = (height: number): readonly [number, number] => [
    -sin * (height - HIP),
    HIP + cos * (height - HIP),
  ];
  const [neck, top] = [along(SHOULDER), along(HEAD)];
  const bones = strokes(
    [
      ...[0, HIP, ...neck],
      ...reach(neck[0], neck[1], arms[0], 0.34, time),
      ...reach(neck[0], neck[1], arms[1], 0.34, time),
      ...reach(0, HIP, legs[0], 0.43, time),
      ...reach(0, HIP, legs[1], 0.43, time),
    ],
    width,
  );
  return (x, y) => {
    const skull = Math.sqrt((x - top[0]) ** 2 + (y - top[1]) ** 2) - head;
    return Math.min(skull, bones(x, y));
  };
}

/** From the middle of the window to its newest picture, in steps. */
const MIDDLE = 1.5;

/** A figure: how it stands and which limbs it moves which way. Arms that are raised together count as one gesture, those that differ as another. */
export function drawFigure(source: Random): Thing {
  const [arm, other, leg] = [drawRate(source, 0.6), drawRate(source, 0.4), drawRate(source, 0.35)];
  const stride = between(source, 0.1, 0.5);
  const bow = drawRate(source, 0.2) * 0.6;
  const body: Body = {
    arms: [limb(source, between(source, -2.8, -0.2), -arm), limb(source, between(source, 0.2, 2.8), other)],
    legs: [limb(source, -stride, -leg), limb(source, stride, leg * between(source, -0.3, 1))],
    lean: bow === 0 ? still(between(source, -0.15, 0.15)) : { angle: between(source, -0.3, 0.3), rate: bow },
    width: between(source, 0.04, 0.09),
    head: between(source, 0.14, 0.24),
  };
  const changes = [arm, other, leg, bow].some((rate) => rate !== 0);
  const measured = { arms: (arm + other) / 2 / FULL_RATE, legs: leg / FULL_RATE };
  const parts = (since: number) => [{ place: IDENTITY, distance: pose(body, since + MIDDLE), reach: REACH }];
  return { kind: 'figure', measured, turns: 0, changes, parts };
}
