/** Textures: what covers a whole view. */
import type { Random } from '../../../random.ts';
import { type Affine, chain, rotation, scaling, translation } from '../affine.ts';
import type { Kind, Measured } from '../attributes.ts';
import { between, type Colour, chance, drawAgainst, drawColour, mix } from '../colour.ts';
import type { Repeat } from '../motion.ts';
import { type Field, fieldSurface, type Ramp, rampMean, rampThrough, type Surface } from '../surface.ts';

/** A texture with its colours. */
export type Texture = {
  readonly kind: Kind;
  readonly measured: Measured;
  /** Its mean, roughly. */
  readonly colour: Colour;
  /** For textures that repeat: which motions do not show. */
  readonly repeat?: Repeat;
  /** A piece of it, another one each time. */
  readonly cut: (source: Random) => Surface;
};

export type DrawTexture = (source: Random) => Texture;

/** Two to four colours: the first two apart in lightness, so that there is something to see. */
export function drawPalette(source: Random): readonly Colour[] {
  const first = drawColour(source);
  const second = mix(first, drawAgainst(source, first), between(source, 0.5, 1));
  const palette = [first, second];
  while (palette.length < 4 && chance(source, 0.4)) palette.push(drawColour(source));
  return palette;
}

export function meanOf(colours: readonly Colour[]): Colour {
  return colours.reduce<Colour>((sum, colour, i) => mix(sum, colour, 1 / (i + 1)), [0, 0, 0]);
}

export type FieldOptions = {
  readonly kind: Kind;
  readonly field: Field;
  /** Features a half frame, drawn once a texture. */
  readonly frequency: number;
  /** Direction in which the field is laid, radians. */
  readonly angle: number;
  readonly measured: Measured;
  readonly repeat?: Repeat;
  /** How far off another piece of it is cut, in the field's own plane: large where it is alike everywhere. */
  readonly roam: number;
};

/** A texture that is a field in colours of its own. */
export function fieldTexture(source: Random, options: FieldOptions): Texture {
  const ramp: Ramp = rampThrough(drawPalette(source));
  const { kind, field, frequency, angle, measured, repeat, roam } = options;
  const cut = (fresh: Random): Surface => {
    const off = translation(between(fresh, -roam, roam), between(fresh, -roam, roam));
    const place: Affine = chain(off, scaling(frequency), rotation(-angle));
    return fieldSurface(field, ramp, place);
  };
  return { kind, measured, colour: rampMean(ramp), cut, ...(repeat && { repeat }) };
}

/** -1 for 12 features a half frame, 1 for one. */
export function sizeMeasure(frequency: number): number {
  return 1 - (2 * Math.log(Math.max(1, frequency))) / Math.log(12);
}
