/**
 * The classes of the AV-stream: a word that is spoken and a shape that moves. They come in pairs that are alike in both senses
 * (words that rhyme, one shape in opposite motions): where one sense doubts the other doubts too, and no answer is easy.
 */
import type { Motion, Shape } from '../../../support/clip-picture.ts';

export type AvClass = {
  /** Also the word that espeak-ng speaks. */
  readonly name: string;
  /** For the synthesizer, a phoneme a letter. */
  readonly spelling: string;
  readonly shape: Shape;
  readonly motion: Motion;
};

/** In order; a stream that adds a class adds the last one. */
export const AV_CLASSES: readonly AvClass[] = [
  { name: 'seven', spelling: 'seven', shape: 'triangle', motion: 'right' },
  { name: 'eleven', spelling: 'ileven', shape: 'triangle', motion: 'left' },
  { name: 'fifteen', spelling: 'fiftin', shape: 'ring', motion: 'grow' },
  { name: 'fifty', spelling: 'fifti', shape: 'ring', motion: 'shrink' },
  { name: 'thirteen', spelling: 'surtin', shape: 'cross', motion: 'clockwise' },
  { name: 'thirty', spelling: 'surti', shape: 'cross', motion: 'counter' },
  { name: 'yellow', spelling: 'yelo', shape: 'star', motion: 'up' },
  { name: 'mellow', spelling: 'melo', shape: 'star', motion: 'down' },
  { name: 'sixteen', spelling: 'sikstin', shape: 'square', motion: 'right' },
];

/** Classes that every stream begins with. */
export const FIRST_CLASSES = 8;
