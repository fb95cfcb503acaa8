/** A thing among others on a textured ground: only the large one is what it is about. */
import type { Family, PictureWindow } from '../../instance.ts';
import { pick } from '../colour.ts';
import { drawFigure } from '../figures.ts';
import { drawGlyph } from '../lines.ts';
import { castThing } from '../performance.ts';
import { drawShape } from '../shapes.ts';

const STAGE = { family: 'scenes', busy: 0.9, distractors: 4, sizes: [0.32, 0.65] } as const;

/** Who plays, and whether it stands upright. */
const ACTORS = [
  [drawShape, false],
  [drawShape, false],
  [drawGlyph, true],
  [drawFigure, true],
] as const;

export const scenes: Family<PictureWindow> = {
  name: 'scenes',
  weight: 2,
  draw: (source) => {
    const [draw, upright] = pick(source, ACTORS);
    return castThing(draw(source), STAGE, source, upright);
  },
};
