/** A thing among others on a textured ground: only the large one is what it is about. */
import type { Family, PictureWindow } from '../../instance.ts';
import { castThing } from '../performance.ts';
import { drawShape } from '../shapes.ts';

const STAGE = { family: 'scenes', busy: 0.9, distractors: 4, sizes: [0.32, 0.65] } as const;

export const scenes: Family<PictureWindow> = {
  name: 'scenes',
  weight: 2,
  draw: (source) => castThing(drawShape(source), STAGE, source, false),
};
