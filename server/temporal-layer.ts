/**
 * How many pictures of a second are worth decoding: chosen from what a window is made of, and from the load.
 */
import { PICTURE_RATE } from '../src/features/spec.ts';

export type Layer = 0 | 1 | 2;

/** Windows are made of pictures 0.133 s apart: half of 15 a second gives the same window, whose newest picture is up to 67 ms older. */
const LEAST_RATE = PICTURE_RATE / 2;
/** A camera said to give 30 gives 29.6; one that gives 14 stands for 15. */
const TOLERANCE = 0.85;
/** Seconds without strain before more pictures are asked for again. */
const CALM_SECONDS = 30;
/** More than this many times the rate that the layer should give: the sender has no layers, or a camera of another rate. */
const FASTER = 1.6;
const TOP: Layer = 2;

/** Each layer below the top halves the rate (L1T3). */
const rateAt = (layer: Layer, full: number): number => full / 2 ** (TOP - layer);

/** The lowest layer that gives `wanted` pictures a second out of the `full` rate; the top where none does. */
export function layerFor(full: number, wanted: number): Layer {
  const layers: readonly Layer[] = [0, 1, 2];
  return layers.find((layer) => rateAt(layer, full) >= TOLERANCE * wanted) ?? TOP;
}

/**
 * Follows one sender. Unstrained: all 15 pictures a second that the features keep; the rest of a faster camera is never decoded.
 * Strained: half of that, until half a minute has passed without strain.
 */
export class TemporalLayer {
  #layer: Layer = TOP;
  #full = 0;
  #calm = CALM_SECONDS;
  #layered = true;

  /** Another connection: everything is sent until the rate is known. */
  reset(): void {
    this.#layer = TOP;
    this.#full = 0;
    this.#calm = CALM_SECONDS;
    this.#layered = true;
  }

  /**
   * Takes the rate of the last second, at the layer asked for then; called once a second.
   * @returns the layer to ask for from now on; undefined where it stays.
   */
  next(rate: number, strained: boolean): Layer | undefined {
    if (!this.#layered) return undefined;
    if (this.#full > 0 && rate > FASTER * rateAt(this.#layer, this.#full)) {
      this.#layered = false;
      return this.#ask(TOP);
    }
    // What is seen at a lower layer speaks for the whole: 7.5 a second at layer 1 is a camera of 15.
    this.#full = Math.max(rate * 2 ** (TOP - this.#layer), 0.9 * this.#full);
    this.#calm = strained ? 0 : Math.min(CALM_SECONDS, this.#calm + 1);
    const layer = layerFor(this.#full, this.#calm < CALM_SECONDS ? LEAST_RATE : PICTURE_RATE);
    return this.#ask(layer);
  }

  #ask(layer: Layer): Layer | undefined {
    if (layer === this.#layer) return undefined;
    this.#layer = layer;
    return layer;
  }
}
