/** Stick figures. */
import type { Family, PictureWindow } from '../../instance.ts';
import { drawFigure } from '../figures.ts';
import { castThing } from '../performance.ts';

const STAGE = { family: 'figures', busy: 0.5, distractors: 1, sizes: [0.4, 0.75] } as const;

export const figures: Family<PictureWindow> = {
  name: 'figures',
  weight: 1.6,
  draw: (source) => castThing(drawFigure(source), STAGE, source, true),
};
