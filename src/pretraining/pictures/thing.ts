/** Things: what stands before a background and can move on its own. */

import type { Affine } from './affine.ts';
import type { Kind, Measured } from './attributes.ts';
import type { Distance } from './raster.ts';

/** A connected piece, painted at once. */
export type Part = {
  /** From the part's plane to the thing's. */
  readonly place: Affine;
  readonly distance: Distance;
  /** The part lies within this distance of its origin. */
  readonly reach: number;
};

/** A thing without colour, place, size or motion; its plane is about -1..1. */
export type Thing = {
  readonly kind: Kind;
  readonly measured: Measured;
  /** The fastest turn a luma step that still shows, radians: 0 for what looks the same from all sides. */
  readonly turns: number;
  /** Does it change its own form? */
  readonly changes: boolean;
  /** Its pieces `since` luma steps after the newest picture, the rear ones first. */
  readonly parts: (since: number) => readonly Part[];
};

/** A turn by a third of the symmetry in a step is seen the right way round even where the clock is off. */
export function showingTurn(symmetry: number): number {
  return (2 * Math.PI) / symmetry / 3;
}

/** A thing of one piece that keeps its form. */
export function solid(thing: Pick<Thing, 'kind' | 'measured' | 'turns'>, part: Part): Thing {
  const parts = [part];
  return { ...thing, changes: false, parts: () => parts };
}
