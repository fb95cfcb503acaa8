/**
 * Harder clips, which do not saturate: 24 classes in pairs that are alike in both senses (words that rhyme or differ in a sound;
 * one shape in opposite motions), with still distractors in the picture and somebody who says other words, at three levels
 * of noise.
 */
import type { Motion, Shape } from '../../support/clip-picture.ts';
import type { Difficulties, Difficulty, WordClass } from './words.ts';

type Pair = readonly [one: string, other: string, shape: Shape, motion: Motion, back: Motion];

// A ring does not show that it turns.
const PAIRS: readonly Pair[] = [
  ['seven', 'eleven', 'triangle', 'right', 'left'],
  ['fifteen', 'fifty', 'ring', 'grow', 'shrink'],
  ['thirteen', 'thirty', 'cross', 'clockwise', 'counter'],
  ['yellow', 'mellow', 'star', 'up', 'down'],
  ['sixteen', 'sixty', 'square', 'right', 'left'],
  ['coffee', 'toffee', 'bars', 'up', 'down'],
  ['garden', 'pardon', 'triangle', 'clockwise', 'counter'],
  ['window', 'minnow', 'bars', 'clockwise', 'counter'],
  ['music', 'mystic', 'square', 'grow', 'shrink'],
  ['paper', 'vapor', 'cross', 'right', 'left'],
  ['table', 'cable', 'ring', 'up', 'down'],
  ['button', 'mutton', 'star', 'grow', 'shrink'],
];

export const HARD_CLASSES: readonly WordClass[] = PAIRS.flatMap(([one, other, shape, motion, back]) => [
  { name: one, shape, motion },
  { name: other, shape, motion: back },
]);

const both = (difficulty: Difficulty): Difficulties => ({ first: difficulty, second: difficulty });

/** From a quiet room to noise as loud as the voice, and from a good camera to one in the dark. */
export const HARD_LEVELS = {
  'hard-quiet': both({ noise: 4, snrDb: [22, 30], blobs: 1, bystanderDb: null }),
  'hard-noisy': both({ noise: 24, snrDb: [6, 14], blobs: 4, bystanderDb: 14 }),
  'hard-loud': both({ noise: 60, snrDb: [-4, 4], blobs: 8, bystanderDb: 6 }),
} as const;
