/** All pictures that pretraining sees. What the few-shot benchmark holds out (its shapes and its motions) is not among them. */
import type { PictureWindow, Source } from '../instance.ts';
import { KINDS, MEASURES } from './attributes.ts';
import { scenes } from './families/scenes.ts';
import { shapes } from './families/shapes.ts';
import { clouds, gradients, plains, waves } from './families/textures.ts';

/** Each render takes 2 to 4 ms of a core. */
export const PICTURES: Source<PictureWindow> = {
  kinds: KINDS,
  measures: MEASURES,
  families: [shapes, scenes, plains, gradients, waves, clouds],
};
