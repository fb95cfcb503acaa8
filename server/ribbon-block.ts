/**
 * A run of the ribbon: encoded units one behind the other in arrays of fixed size, no object for any of them.
 */
import { type Micros, micros } from '../proto/units.ts';
import type { EncodedUnit, Modality, TrackConfig } from '../src/media.ts';

/** About a second of a camera's pictures and sound. */
const BLOCK_BYTES = 64 * 1024;
/** Sound alone: ten seconds. */
const BLOCK_UNITS = 512;

const VIDEO = 1;
const KEY = 2;

/** How a block's units are encoded, by modality. */
export type Tracks = ReadonlyMap<Modality, TrackConfig>;

export class RibbonBlock {
  readonly #data: Uint8Array;
  readonly #at = new Float64Array(BLOCK_UNITS);
  /** Of each unit, the first byte behind it. */
  readonly #end = new Uint32Array(BLOCK_UNITS);
  readonly #flags = new Uint8Array(BLOCK_UNITS);
  #tracks: Tracks;
  #count = 0;
  #first = 0;

  /** @param bytes room that the first unit needs at least. */
  constructor(tracks: Tracks, bytes: number) {
    this.#tracks = tracks;
    this.#data = new Uint8Array(Math.max(bytes, BLOCK_BYTES));
  }

  get tracks(): Tracks {
    return this.#tracks;
  }

  /** False for a block that was made for one large unit: it is not worth keeping. */
  get usual(): boolean {
    return this.#data.length === BLOCK_BYTES;
  }

  get empty(): boolean {
    return this.#first === this.#count;
  }

  /** Capture time of the oldest unit; the block must not be empty. */
  get oldest(): Micros {
    return micros(this.#at[this.#first] ?? 0);
  }

  fits(bytes: number): boolean {
    return this.#count < BLOCK_UNITS && this.#start(this.#count) + bytes <= this.#data.length;
  }

  /** Forgets its units: it is filled from the front again. */
  clear(tracks: Tracks): void {
    this.#tracks = tracks;
    this.#count = 0;
    this.#first = 0;
  }

  /** Copies a unit in, behind the others; it must fit. */
  push({ modality, key, at, data }: EncodedUnit): void {
    const start = this.#start(this.#count);
    this.#data.set(data, start);
    this.#at[this.#count] = at;
    this.#end[this.#count] = start + data.length;
    this.#flags[this.#count] = (modality === 'video' ? VIDEO : 0) | (key ? KEY : 0);
    this.#count++;
  }

  /** Drops the oldest unit. @returns how many bytes it had. */
  drop(): number {
    const bytes = (this.#end[this.#first] ?? 0) - this.#start(this.#first);
    this.#first++;
    return bytes;
  }

  /** Its units, oldest first; their data are views, true until the block is cleared. */
  *units(): Generator<EncodedUnit> {
    for (let n = this.#first; n < this.#count; n++) {
      const flags = this.#flags[n] ?? 0;
      yield {
        modality: flags & VIDEO ? 'video' : 'audio',
        key: (flags & KEY) !== 0,
        at: micros(this.#at[n] ?? 0),
        data: this.#data.subarray(this.#start(n), this.#end[n]),
      };
    }
  }

  #start(unit: number): number {
    return unit === 0 ? 0 : (this.#end[unit - 1] ?? 0);
  }
}
