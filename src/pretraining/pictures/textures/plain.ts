/** Views without any form: one colour, or a run from one to another. */
import type { Random } from '../../../random.ts';
import { axis, coloured } from '../attributes.ts';
import { between, type Colour, chance, drawColour, drawVivid, mix } from '../colour.ts';
import { fill } from '../raster.ts';
import { type Field, fieldSurface, rampMean, rampThrough } from '../surface.ts';
import { meanOf, type Texture } from './texture.ts';

export function plainTexture(colour: Colour): Texture {
  return { kind: 'plain', measured: coloured(colour), colour, cut: () => (sheet) => fill(sheet, colour) };
}

/** One colour, as a lens shows that somebody covered with it. */
export function drawPlain(source: Random): Texture {
  return plainTexture(chance(source, 0.6) ? drawVivid(source) : drawColour(source));
}

const drawRun = (source: Random): readonly Colour[] => {
  const first = drawColour(source);
  const last = mix(first, drawColour(source), between(source, 0.4, 1));
  return chance(source, 0.3) ? [first, drawColour(source), last] : [first, last];
};

/** From one colour to another, straight across. */
export function drawRamp(source: Random): Texture {
  const colours = drawRun(source);
  const [ramp, angle, slope] = [
    rampThrough(colours),
    between(source, 0, 2 * Math.PI),
    between(source, 0.35, 0.8),
  ];
  const field: Field = (x, y) => 0.5 + (slope / 2) * (x * Math.cos(angle) + y * Math.sin(angle));
  const measured = { ...coloured(meanOf(colours)), ...axis(angle) };
  const cut = (fresh: Random) => fieldSurface(field, ramp, [1, 0, between(fresh, -0.2, 0.2), 0, 1, 0]);
  return { kind: 'ramp', measured, colour: rampMean(ramp), cut };
}

/** From one colour in the middle to another outside. */
export function drawGlow(source: Random): Texture {
  const colours = drawRun(source);
  const [ramp, reach, wide] = [rampThrough(colours), between(source, 0.6, 1.6), between(source, 0.7, 1.4)];
  const field: Field = (x, y) => Math.hypot(x * wide, y) / reach;
  const measured = { ...coloured(meanOf(colours)), size: (reach - 1.1) * 2 };
  const cut = (fresh: Random) =>
    fieldSurface(field, ramp, [1, 0, between(fresh, -0.3, 0.3), 0, 1, between(fresh, -0.3, 0.3)]);
  return { kind: 'glow', measured, colour: rampMean(ramp), cut };
}
