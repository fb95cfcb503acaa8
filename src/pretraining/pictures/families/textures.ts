/** Views filled by one texture, which moves as the camera does. Their colours are their own. */
import type { Random } from '../../../random.ts';
import type { Family, Instance, PictureWindow } from '../../instance.ts';
import { attributesOf, coloured, rates } from '../attributes.ts';
import { pick } from '../colour.ts';
import { drawShot, film } from '../film.ts';
import { drawWholeMotion, type Motion, performed, STILL, shownOn } from '../motion.ts';
import { hang } from '../surface.ts';
import { drawClouds, drawMarble, drawRidges, drawStreaks } from '../textures/clouds.ts';
import { drawJulia, drawMandelbrot } from '../textures/fractals.ts';
import { drawDots, drawRoundLeaves, drawSquareLeaves } from '../textures/leaves.ts';
import { drawGlow, drawPlain, drawRamp } from '../textures/plain.ts';
import type { DrawTexture, Texture } from '../textures/texture.ts';
import { drawGrating, drawPlaid, drawRipples, drawShader } from '../textures/waves.ts';

function view(family: string, texture: Texture, motion: Motion): Instance<PictureWindow> {
  const measured = { ...coloured(texture.colour), ...texture.measured, ...rates(motion) };
  const render = (source: Random): PictureWindow => {
    const shot = drawShot(source, { motion: performed(motion, source), keepsColour: true });
    return film(shot, { changes: false, paint: hang(texture.cut(source), shot) }, source);
  };
  return { family, attributes: attributesOf(texture.kind, measured), render };
}

function familyOf(
  name: string,
  weight: number,
  kinds: readonly [DrawTexture, ...DrawTexture[]],
  drawMotion: (source: Random) => Motion,
): Family<PictureWindow> {
  return {
    name,
    weight,
    draw: (source) => {
      const texture = pick(source, kinds)(source);
      const motion = drawMotion(source);
      return view(name, texture, texture.repeat ? shownOn(texture.repeat, motion) : motion);
    },
  };
}

/** Nothing in them shows that they move. */
export const plains = familyOf('plains', 0.8, [drawPlain], () => STILL);
export const gradients = familyOf('gradients', 0.7, [drawRamp, drawGlow], () => STILL);
export const waves = familyOf(
  'waves',
  1.3,
  [drawGrating, drawPlaid, drawShader, drawRipples],
  drawWholeMotion,
);
export const clouds = familyOf(
  'clouds',
  1.3,
  [drawClouds, drawRidges, drawMarble, drawStreaks],
  drawWholeMotion,
);
export const fractals = familyOf('fractals', 0.8, [drawJulia, drawMandelbrot], drawWholeMotion);
export const leaves = familyOf('leaves', 1.1, [drawRoundLeaves, drawSquareLeaves, drawDots], drawWholeMotion);
