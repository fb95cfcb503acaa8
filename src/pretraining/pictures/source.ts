/** All pictures that pretraining sees. What the few-shot benchmark holds out (its shapes and its motions) is not among them. */
import type { PictureWindow, Source } from '../instance.ts';
import { KINDS, MEASURES } from './attributes.ts';
import { figures } from './families/figures.ts';
import { groups } from './families/groups.ts';
import { lines } from './families/lines.ts';
import { scenes } from './families/scenes.ts';
import { shapes } from './families/shapes.ts';
import { clouds, fractals, gradients, leaves, plains, waves } from './families/textures.ts';
import { tints } from './families/tints.ts';

/** Each render takes 2 to 4 ms of a core. Their order matters: a draw names a family by it. */
export const PICTURES: Source<PictureWindow> = {
  kinds: KINDS,
  measures: MEASURES,
  families: [
    shapes,
    scenes,
    lines,
    figures,
    groups,
    plains,
    tints,
    gradients,
    waves,
    clouds,
    fractals,
    leaves,
  ],
};
