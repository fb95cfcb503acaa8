/** Whatever is in view, under light of one colour: known by the colour alone. */
import type { Random } from '../../../random.ts';
import type { Family, Instance, PictureWindow } from '../../instance.ts';
import { attributesOf, coloured } from '../attributes.ts';
import { drawBackdrop } from '../backdrop.ts';
import { between, type Colour, drawVivid, lumaOf } from '../colour.ts';
import { drawShot, film } from '../film.ts';
import { STILL } from '../motion.ts';
import { hang, type Surface } from '../surface.ts';

/** What a surface looks like under a colour: its own lightness, `share` of its colour gone. */
function under({ surface, colour, share }: { surface: Surface; colour: Colour; share: number }): Surface {
  return (to, view) => {
    surface(to, view);
    const { rgb } = to;
    for (let i = 0; i < rgb.length; i += 3) {
      const luma = lumaOf([rgb[i]!, rgb[i + 1]!, rgb[i + 2]!]);
      for (let c = 0; c < 3; c++) rgb[i + c]! += (colour[c]! * (0.6 + 0.5 * luma) - rgb[i + c]!) * share;
    }
  };
}

function drawTint(source: Random): Instance<PictureWindow> {
  const colour = drawVivid(source);
  const render = (fresh: Random): PictureWindow => {
    const shot = drawShot(fresh, { motion: STILL, keepsColour: true });
    const { surface } = drawBackdrop(fresh, 0.7);
    const seen = under({ surface, colour, share: between(fresh, 0.75, 0.97) });
    return film(shot, { changes: false, paint: hang(seen, shot) }, fresh);
  };
  return { family: 'tints', attributes: attributesOf('tint', coloured(colour)), render };
}

export const tints: Family<PictureWindow> = { name: 'tints', weight: 0.7, draw: drawTint };
