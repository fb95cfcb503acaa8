/** Glyphs, words and zigzags. */
import type { Family, PictureWindow } from '../../instance.ts';
import { pick } from '../colour.ts';
import { drawGlyph, drawWord, drawZigzag } from '../lines.ts';
import { castThing } from '../performance.ts';

const STAGE = { family: 'lines', busy: 0.35, distractors: 0, sizes: [0.3, 0.6] } as const;

export const lines: Family<PictureWindow> = {
  name: 'lines',
  weight: 1.8,
  draw: (source) =>
    castThing(pick(source, [drawGlyph, drawGlyph, drawWord, drawZigzag])(source), STAGE, source, true),
};
