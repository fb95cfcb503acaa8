/**
 * What of the ribbon a viewer who joins now has missed: the answers and tiles of its span.
 */
import type { Prediction, Tile } from '../proto/messages.ts';
import { type Micros, subMicros } from '../proto/units.ts';
import { RIBBON } from '../src/features/spec.ts';

export class Recent {
  readonly #predictions: Prediction[] = [];
  readonly #tiles: Tile[] = [];

  /** Oldest first; it changes with the next answer. */
  get predictions(): readonly Prediction[] {
    return this.#predictions;
  }

  /** Oldest first; it changes with the next tile. */
  get tiles(): readonly Tile[] {
    return this.#tiles;
  }

  answered(prediction: Prediction): void {
    keep(this.#predictions, prediction);
  }

  began(tile: Tile): void {
    keep(this.#tiles, tile);
  }
}

/** Appends, and drops from the front what ends more than the ribbon's span before. */
function keep<T extends { readonly end: Micros }>(recent: T[], value: T): void {
  recent.push(value);
  const horizon = subMicros(value.end, RIBBON);
  const first = recent.findIndex(({ end }) => end > horizon);
  if (first > 0) recent.splice(0, first);
}
