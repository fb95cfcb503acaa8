/** Rose curves and spirals, drawn as lines. */
import type { Random } from '../../../../../src/random.ts';
import { within } from '../draws.ts';
import { fitted, type Point, type Stencil, strokes } from './stencil.ts';

const POINTS = 480;
const TURN = 2 * Math.PI;

/** A point for each parameter in 0..1. */
const sampled = (at: (share: number) => Point): readonly Point[] =>
  Array.from({ length: POINTS + 1 }, (_, i) => at(i / POINTS));
const polar = (radius: number, angle: number): Point => [radius * Math.cos(angle), radius * Math.sin(angle)];

const rose = (petals: number, turns: number): readonly Point[] =>
  sampled((share) => polar(Math.cos(petals * turns * TURN * share), turns * TURN * share));

export const CURVE_NAMES = ['trefoil', 'eightfold', 'coil', 'galaxy', 'knot'] as const;
export type CurveName = (typeof CURVE_NAMES)[number];

function linesOf(name: CurveName, draw: Random): readonly (readonly Point[])[] {
  switch (name) {
    case 'trefoil':
      return [rose(3, 1)];
    case 'eightfold':
      return [rose(4, 1)];
    case 'coil': {
      const turns = within(draw, [2.3, 3.2]);
      return [sampled((share) => polar(share, turns * TURN * share))];
    }
    case 'galaxy': {
      const turns = within(draw, [0.8, 1.1]);
      const arm = (offset: number): readonly Point[] =>
        sampled((share) => polar(Math.exp(2.4 * (share - 1)), turns * TURN * share + offset));
      return [arm(0), arm(TURN / 2)];
    }
    case 'knot': {
      const phase = within(draw, [0.4, 1.1]);
      return [sampled((share) => [Math.sin(3 * TURN * share + phase), Math.sin(2 * TURN * share)])];
    }
  }
}

export const curve = (name: CurveName, draw: Random): Stencil =>
  strokes(fitted(linesOf(name, draw)), within(draw, [0.1, 0.15]));
