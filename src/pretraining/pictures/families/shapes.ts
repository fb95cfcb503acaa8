/** Shapes on quiet or textured grounds. */
import type { Family, PictureWindow } from '../../instance.ts';
import { castThing } from '../performance.ts';
import { drawShape } from '../shapes.ts';

const STAGE = { family: 'shapes', busy: 0.3, distractors: 0, sizes: [0.22, 0.6] } as const;

export const shapes: Family<PictureWindow> = {
  name: 'shapes',
  weight: 4,
  draw: (source) => castThing(drawShape(source), STAGE, source, false),
};
