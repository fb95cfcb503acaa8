/** Pairs and crowds of shapes. */
import type { Family, PictureWindow } from '../../instance.ts';
import { pick } from '../colour.ts';
import { drawCrowd, drawPair } from '../groups.ts';
import { castThing } from '../performance.ts';

const STAGE = { family: 'groups', busy: 0.3, distractors: 0, sizes: [0.4, 0.8] } as const;

export const groups: Family<PictureWindow> = {
  name: 'groups',
  weight: 1.2,
  draw: (source) => castThing(pick(source, [drawPair, drawCrowd])(source), STAGE, source, true),
};
