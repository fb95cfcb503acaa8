/** What the picture generator says of the things it draws. */
import type { Attributes } from '../instance.ts';
import { type Colour, chromaOf, lumaOf } from './colour.ts';
import { FULL, type Motion, moves } from './motion.ts';

/** What a thing is. */
export const KINDS = [
  'disc',
  'ellipse',
  'ring',
  'triangle',
  'box',
  'bar',
  'polygon',
  'star',
  'cross',
  'bars',
  'angle',
  'tee',
  'arrow',
  'crescent',
  'semicircle',
  'sector',
  'irregular',
  'glyph',
  'word',
  'zigzag',
  'figure',
  'pair',
  'crowd',
  'plain',
  'tint',
  'ramp',
  'glow',
  'grating',
  'plaid',
  'shader',
  'ripples',
  'clouds',
  'ridges',
  'marble',
  'streaks',
  'julia',
  'mandelbrot',
  'round-leaves',
  'square-leaves',
  'dots',
] as const;
export type Kind = (typeof KINDS)[number];

/** How it is, each within about -1..1; see `measured` for the rates and `coloured` for the colours. */
export const MEASURES = [
  'velocity-x', // to the right, 1 is 0.22 half frames in a luma step
  'velocity-y', // down
  'zoom',
  'turn', // clockwise
  'shear',
  'shake',
  'whole-moves', // 1 where the background moves along, -1 where it stands; null where nothing moves
  'size', // of a texture's features: -1 fine, 1 coarse
  'aspect', // -1 flat, 1 tall
  'axis-cos', // of twice the angle of the axis of a bar, a grating or a pair
  'axis-sin',
  'points', // corners, tips or strokes
  'outlined', // 1 outline, -1 filled
  'waist', // inner radius of a star, width of a bar
  'roughness', // share of the fine octaves
  'arms', // rate at which a figure's arms are raised
  'legs',
  'red', // chroma and lightness of what has its colour for good
  'blue',
  'light',
] as const;
export type Measure = (typeof MEASURES)[number];
export type Measured = { readonly [name in Measure]?: number };

/** Attributes with null for whatever is not named. */
export function attributesOf(kind: Kind, measured: Measured): Attributes {
  return { kind: KINDS.indexOf(kind), measures: MEASURES.map((name) => measured[name] ?? null) };
}

/** The rates of a motion over those that count as full. */
export function rates(motion: Motion): Measured {
  const still = {
    'velocity-x': motion.velocity[0] / FULL.velocity,
    'velocity-y': motion.velocity[1] / FULL.velocity,
    zoom: motion.zoom / FULL.zoom,
    turn: motion.turn / FULL.turn,
    shear: motion.shear / FULL.shear,
    shake: motion.shake / FULL.shake,
  };
  return moves(motion) ? { ...still, 'whole-moves': motion.whole ? 1 : -1 } : still;
}

/** A colour's two chroma numbers and its luma, as measures. */
export function coloured(colour: Colour): Measured {
  const [red, blue] = chromaOf(colour);
  return { red, blue, light: 2 * lumaOf(colour) - 1 };
}

/** The direction of an axis, for which half a turn is none. */
export function axis(radians: number): Measured {
  return { 'axis-cos': Math.cos(2 * radians), 'axis-sin': Math.sin(2 * radians) };
}
