/** A sound thing before anything is heard of it. */
import type { Random } from '../../random.ts';
import type { Scene } from './scene.ts';
import type { Kind, Measured } from './vocabulary.ts';

/** What it is, what can be measured of it, and how it sounds. */
export type Thing = {
  readonly kind: Kind;
  readonly measured: Measured;
  /**
   * The thing alone, at any level, with the nuisance that only its family knows: another speaker, another strike. The
   * caller owns the scene.
   */
  play(source: Random): Scene;
};

/** A way to draw things. */
export type DrawThing = (source: Random) => Thing;
