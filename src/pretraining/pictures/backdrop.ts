/** What is behind a thing that is known by its form: anything, and another one each time. */
import type { Random } from '../../random.ts';
import { between, type Colour, chance, drawColour, pick } from './colour.ts';
import { fill } from './raster.ts';
import type { Surface } from './surface.ts';
import { drawClouds, drawMarble, drawStreaks } from './textures/clouds.ts';
import { drawRoundLeaves, drawSquareLeaves } from './textures/leaves.ts';
import { drawGlow, drawRamp, plainTexture } from './textures/plain.ts';
import type { DrawTexture, Texture } from './textures/texture.ts';
import { drawGrating, drawPlaid, drawShader } from './textures/waves.ts';

const QUIET: readonly [DrawTexture, ...DrawTexture[]] = [
  (source) => plainTexture(drawColour(source)),
  drawRamp,
  drawRamp,
  drawGlow,
];
const BUSY: readonly [DrawTexture, ...DrawTexture[]] = [
  drawClouds,
  drawStreaks,
  drawMarble,
  drawGrating,
  drawPlaid,
  drawShader,
  drawRoundLeaves,
  drawSquareLeaves,
];

/** A surface with less of its own contrast: `share` of the way to its mean. */
function faded({ cut, colour }: Texture, share: number, source: Random): Surface {
  const surface = cut(source);
  return (to, view) => {
    surface(to, view);
    const { rgb } = to;
    for (let i = 0; i < rgb.length; i++) rgb[i]! += (colour[i % 3]! - rgb[i]!) * share;
  };
}

export type Backdrop = { readonly surface: Surface; readonly colour: Colour };

/** @param busy how likely it is to have a texture, 0..1 */
export function drawBackdrop(source: Random, busy: number): Backdrop {
  const texture = pick(source, chance(source, busy) ? BUSY : QUIET)(source);
  return { surface: faded(texture, between(source, 0.2, 0.75), source), colour: texture.colour };
}

export function plainBackdrop(colour: Colour): Backdrop {
  return { surface: (to) => fill(to, colour), colour };
}
