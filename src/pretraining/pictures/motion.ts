/**
 * How things move during the four pictures of a window: at constant rates, never there and back. Oscillation, orbits,
 * pulsing and bouncing are what the few-shot benchmark holds out, so nothing here may resemble them.
 */
import type { Random } from '../../random.ts';
import { type Affine, chain, rotation, scaling, shearing, translation } from './affine.ts';
import { between, chance, pick } from './colour.ts';

/** Rates in one luma step (0.133 s), as seen on the screen. */
export type Motion = {
  /** In half frames: the frame is 2 wide. */
  readonly velocity: readonly [number, number];
  /** Natural logarithm of the growth. */
  readonly zoom: number;
  /** Radians, clockwise on the screen. */
  readonly turn: number;
  /** See `shearing`. */
  readonly shear: number;
  /** How far the camera jumps from picture to picture, in half frames. */
  readonly shake: number;
  /** True where the background moves too. */
  readonly whole: boolean;
};

/** What counts as 1 in the measures. */
export const FULL = { velocity: 0.22, zoom: 0.16, turn: 0.35, shear: 0.16, shake: 0.12 } as const;

export const STILL: Motion = { velocity: [0, 0], zoom: 0, turn: 0, shear: 0, shake: 0, whole: false };

/** Share of the full rate: slow ones as common as fast ones. */
const drawRate = (source: Random): number => Math.exp(between(source, Math.log(0.15), 0));
const drawSigned = (source: Random): number => (chance(source, 0.5) ? 1 : -1) * drawRate(source);

function drawVelocity(source: Random): readonly [number, number] {
  // Half of them along an axis: left, right, up and down are what people teach.
  const angle = chance(source, 0.5) ? (source.integer(4) * Math.PI) / 2 : between(source, 0, 2 * Math.PI);
  const speed = FULL.velocity * drawRate(source);
  return [speed * Math.cos(angle), speed * Math.sin(angle)];
}

/**
 * A motion of a thing.
 *
 * @param turns the fastest turn that shows: 0 for what looks the same from all sides, else up to half its symmetry.
 */
export function drawMotion(source: Random, turns: number = FULL.turn): Motion {
  const fastest = Math.min(FULL.turn, turns);
  const way = source.uniform();
  if (way < 0.28) return STILL;
  if (way < 0.58) return { ...STILL, velocity: drawVelocity(source) };
  if (way < 0.68) return { ...STILL, zoom: FULL.zoom * drawSigned(source) };
  if (way < 0.79 && fastest > 0) return { ...STILL, turn: fastest * drawSigned(source) };
  if (way < 0.84) return { ...STILL, shear: FULL.shear * drawSigned(source) };
  if (way < 0.9) return { ...STILL, velocity: drawVelocity(source), turn: fastest * drawSigned(source) };
  if (way < 0.93) return { ...STILL, velocity: drawVelocity(source), zoom: FULL.zoom * drawSigned(source) };
  if (way < 0.97) return { ...STILL, velocity: drawVelocity(source), whole: true };
  return { ...STILL, shake: FULL.shake * drawRate(source), whole: true };
}

/** What repeats looks the same after a period, and what has one direction does not show motion along it. */
export type Repeat = {
  /** In half frames. */
  readonly period: number;
  /** Radians: the direction in which it changes; null where it changes both ways. */
  readonly across: number | null;
};

/** Of a period, the most that a point may move in a step and still be seen to go the right way. */
const SEEN_SHARE = 0.33;

/** The part of a motion that shows on what repeats. */
export function shownOn({ period, across }: Repeat, motion: Motion): Motion {
  const slower = Math.min(1, (SEEN_SHARE * period) / FULL.velocity);
  const [x, y] = motion.velocity;
  const [nx, ny] = across === null ? [0, 0] : [Math.cos(across), Math.sin(across)];
  const speed = (x * nx + y * ny) * slower;
  return {
    ...motion,
    velocity: across === null ? [x * slower, y * slower] : [nx * speed, ny * speed],
    zoom: motion.zoom * slower,
    turn: motion.turn * slower,
    shear: motion.shear * slower,
    shake: motion.shake * slower,
  };
}

/** A motion of everything in view, as the camera's own motion gives it. */
export function drawWholeMotion(source: Random): Motion {
  const way = source.uniform();
  if (way < 0.4) return STILL;
  const whole = { ...STILL, whole: true };
  if (way < 0.66) return { ...whole, velocity: drawVelocity(source) };
  if (way < 0.77) return { ...whole, zoom: FULL.zoom * drawSigned(source) };
  if (way < 0.87) return { ...whole, turn: FULL.turn * 0.7 * drawSigned(source) };
  if (way < 0.92) return { ...whole, shear: FULL.shear * drawSigned(source) };
  return { ...whole, shake: FULL.shake * drawRate(source) };
}

/** The same motion as somebody performs it another time: about 12 % faster or slower. */
export function performed(motion: Motion, source: Random): Motion {
  const pace = Math.exp(0.12 * Math.max(-2, Math.min(2, source.normal())));
  const [x, y] = motion.velocity;
  return {
    ...motion,
    velocity: [x * pace, y * pace],
    zoom: motion.zoom * pace,
    turn: motion.turn * pace,
    shear: motion.shear * pace,
    shake: motion.shake * pace,
  };
}

export function moves({ velocity: [x, y], zoom, turn, shear, shake }: Motion): boolean {
  return x !== 0 || y !== 0 || zoom !== 0 || turn !== 0 || shear !== 0 || shake !== 0;
}

/** From the middle of the four pictures to the newest, in luma steps. */
const MIDDLE = 1.5;

/** Where things are `since` steps after the newest picture, against where they were in the middle of the window; shake left out. */
export function displacement({ velocity: [x, y], zoom, turn, shear }: Motion, since: number): Affine {
  const time = since + MIDDLE;
  return chain(
    translation(x * time, y * time),
    rotation(turn * time),
    scaling(Math.exp(zoom * time)),
    shearing(shear * time),
  );
}

/** One jump of a shaking camera. */
export function drawJump(source: Random, shake: number): Affine {
  const angle = between(source, 0, 2 * Math.PI);
  const length = shake * pick(source, [0.5, 1, 1, 1.3]);
  return translation(length * Math.cos(angle), length * Math.sin(angle));
}
