/** A thing on a stage: how one and the same thing is shown in one place and light after another. */
import type { Random } from '../../random.ts';
import type { Instance, PictureWindow } from '../instance.ts';
import { chain, inverse, rotation, scaling, translation } from './affine.ts';
import { attributesOf, coloured, type Measured, rates } from './attributes.ts';
import { type Backdrop, drawBackdrop, plainBackdrop } from './backdrop.ts';
import { between, type Colour, chance, drawAgainst, drawColour, drawVivid, lumaOf, mix } from './colour.ts';
import { drawShot, film, type Instant, type Scene } from './film.ts';
import { displacement, drawMotion, type Motion, moves, performed, STILL } from './motion.ts';
import { type Paint, paintRegion, plainPaint, type Raster } from './raster.ts';
import { drawShape } from './shapes.ts';
import { hang } from './surface.ts';
import type { Thing } from './thing.ts';

/** What is kept from one rendering to the next; all else is drawn afresh. */
export type Role = {
  readonly thing: Thing;
  readonly motion: Motion;
  /** Radians; null for things that turn, which begin anywhere. */
  readonly tilt: number | null;
  /** In about a quarter of the things the colour belongs to what they are: people will teach a red cup and a blue one. */
  readonly colour: Colour | null;
};

export type Stage = {
  readonly family: string;
  /** Likelihood of a texture behind. */
  readonly busy: number;
  /** Most other things lying about; 0 for none. */
  readonly distractors: number;
  /** Radius of the thing, in half frames. */
  readonly sizes: readonly [number, number];
};

const OWN_COLOUR = 0.25;
const CLEAR = 0.25; // difference in luma from which on a colour shows on another
const LEANING = 0.1; // radians that nobody holds a thing straighter than

/** Shaded, sometimes mottled. A colour that matters only gets darker. */
function drawPaint(source: Random, colour: Colour, own: boolean): Paint {
  const to = own
    ? mix(colour, [0, 0, 0], between(source, 0, 0.3))
    : mix(colour, drawColour(source), between(source, 0, 0.5));
  const [angle, slope] = [between(source, 0, 2 * Math.PI), between(source, 0.2, 1)];
  const along = [slope * Math.cos(angle), slope * Math.sin(angle)] as const;
  const mottles = [chance(source, 0.3) ? between(source, 0.5, 2) : 0, between(source, 2, 7)] as const;
  return {
    from: colour,
    to,
    along,
    mottles,
    opacity: between(source, 0.85, 1),
    edge: between(source, 1, 1.8),
  };
}

type Prop = (to: Raster, instant: Instant) => void;

/** Small still shapes in colours of no meaning. */
function drawProps(source: Random, most: number): readonly Prop[] {
  const count = most > 0 ? 1 + source.integer(most) : 0;
  return Array.from({ length: count }, () => {
    const [part] = drawShape(source).parts(0);
    const at = translation(between(source, -1, 1), between(source, -1, 1));
    const place = chain(at, rotation(between(source, 0, 6.3)), scaling(between(source, 0.07, 0.2)));
    const paint = plainPaint(drawColour(source));
    return (to: Raster, { view }: Instant): void => {
      if (part) paintRegion(to, chain(inverse(view), place), part, paint);
    };
  });
}

/** A little off in hue and lightness, still the same colour. */
function nearly(colour: Colour, source: Random): Colour {
  return mix(colour, drawColour(source), between(source, 0, 0.08));
}

/** A backdrop; for a colour that stays, one on which it shows. */
function drawBehind(source: Random, busy: number, own: Colour | null): Backdrop {
  for (let attempt = 0; attempt < 5; attempt++) {
    const backdrop = drawBackdrop(source, busy);
    if (!own || Math.abs(lumaOf(own) - lumaOf(backdrop.colour)) > CLEAR) return backdrop;
  }
  return plainBackdrop(drawAgainst(source, own ?? [0, 0, 0]));
}

function play({ thing, motion, tilt, colour }: Role, stage: Stage, source: Random): PictureWindow {
  const taken = performed(motion, source);
  const shot = drawShot(source, { motion: taken, keepsColour: colour !== null });
  const behind = drawBehind(source, stage.busy, colour);
  const backdrop = hang(behind.surface, shot);
  const shown = colour ? nearly(colour, source) : drawAgainst(source, behind.colour);
  const paint = drawPaint(source, shown, colour !== null);
  const props = drawProps(source, stage.distractors);
  const own = taken.whole ? STILL : taken;
  const [small, large] = stage.sizes;
  const size = small * (large / small) ** source.uniform();
  // Some are cut off by the frame, few leave it.
  const room = Math.max(0.1, 0.9 - size - Math.hypot(...own.velocity));
  const at = translation(between(source, -room, room), between(source, -room, room));
  const lean = tilt === null ? between(source, 0, 2 * Math.PI) : tilt + between(source, -LEANING, LEANING);
  const scene: Scene = {
    changes: thing.changes || moves(own),
    paint: (to, instant) => {
      backdrop(to, instant);
      for (const prop of props) prop(to, instant);
      const there = chain(
        inverse(instant.view),
        at,
        displacement(own, instant.time),
        rotation(lean),
        scaling(size),
      );
      for (const part of thing.parts(instant.time)) paintRegion(to, chain(there, part.place), part, paint);
    },
  };
  return film(shot, scene, source);
}

/** The axis that a tilt turns along with the thing. */
function tilted(measured: Measured, tilt: number | null): Measured {
  const { 'axis-cos': cos, 'axis-sin': sin, ...others } = measured;
  if (cos === undefined || sin === undefined || tilt === null) return others;
  const [c, s] = [Math.cos(2 * tilt), Math.sin(2 * tilt)];
  return { ...others, 'axis-cos': cos * c - sin * s, 'axis-sin': sin * c + cos * s };
}

/** Gives a thing its motion, its tilt and perhaps its colour. @param upright true for what nobody sees upside down */
export function castThing(
  thing: Thing,
  stage: Stage,
  source: Random,
  upright: boolean,
): Instance<PictureWindow> {
  const motion = drawMotion(source, thing.turns);
  const spins = motion.turn !== 0;
  const free = upright || chance(source, 0.4) ? 0 : between(source, 0, 2 * Math.PI);
  const tilt = spins ? null : free;
  const colour = chance(source, OWN_COLOUR) ? drawVivid(source) : null;
  const measured = { ...tilted(thing.measured, tilt), ...rates(motion), ...(colour ? coloured(colour) : {}) };
  const role = { thing, motion, tilt, colour };
  return {
    family: stage.family,
    attributes: attributesOf(thing.kind, measured),
    render: (fresh) => play(role, stage, fresh),
  };
}
