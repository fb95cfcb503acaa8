/**
 * The ribbon: the encoded units of a session's last 60 s, so that any viewer can play a span back.
 *
 * Their bytes are copied one behind the other into blocks that only the ribbon has, and a block that has been left behind is
 * filled again. Kept as they come, thousands of small buffers would live for a minute between ones that live for a moment, and the
 * process's memory would grow by the holes. What is handed out is a copy.
 */

import { type Bytes, bytes, type Micros, microsFromSeconds, subMicros } from '../proto/units.ts';
import type { EncodedUnit, Modality, TrackConfig } from '../src/media.ts';

export type RibbonOptions = {
  /** How far back it reaches. Default 60 s. */
  readonly span?: Micros;
  /** Bound on the sum of the units' sizes; the oldest go first. Default 8 MB. */
  readonly maxBytes?: Bytes;
};

/** A span of the ribbon, decodable from its first unit on. `start` equals `end` where nothing is left of it. */
export type RibbonSlice = {
  readonly tracks: readonly TrackConfig[];
  /** In media time order; video begins at a key frame at or before the span. */
  readonly units: readonly EncodedUnit[];
  readonly start: Micros;
  readonly end: Micros;
};

/** `unit.data` is a view of `block`. */
type Kept = {
  readonly unit: EncodedUnit;
  readonly track: TrackConfig;
  readonly block: Uint8Array<ArrayBuffer>;
};

const BLOCK_BYTES = 64 * 1024; // about a second of a camera's pictures and sound

export class Ribbon {
  readonly #span: Micros;
  readonly #maxBytes: Bytes;
  readonly #tracks = new Map<Modality, TrackConfig>();
  #kept: Kept[] = [];
  /** What is filled now, and how far; units lie in the blocks in the order they came. */
  #block = new Uint8Array(0);
  #filled = 0;
  /** The block that was left behind last. */
  #spare: Uint8Array<ArrayBuffer> | null = null;
  #first = 0; // index of the oldest still kept: dropping is O(1), compaction amortized
  #bytes = 0;

  constructor({ span = microsFromSeconds(60), maxBytes = bytes(8e6) }: RibbonOptions = {}) {
    this.#span = span;
    this.#maxBytes = maxBytes;
  }

  /** Sum of the sizes of what is kept. */
  get size(): Bytes {
    return bytes(this.#bytes);
  }

  /** How the units that follow are encoded. Saying the same again changes nothing; older units of another coding are not played any more. */
  configure(track: TrackConfig): void {
    const known = this.#tracks.get(track.modality);
    if (JSON.stringify(known) !== JSON.stringify(track)) this.#tracks.set(track.modality, track);
  }

  /** Keeps a copy of one unit. A unit of a modality whose track was never configured is not kept: nobody could decode it. */
  push(unit: EncodedUnit): void {
    const track = this.#tracks.get(unit.modality);
    if (!track) return;
    const data = this.#copy(unit.data);
    this.#kept.push({ unit: { ...unit, data }, track, block: this.#block });
    this.#bytes += unit.data.length;
    this.#trim(subMicros(unit.at, this.#span));
  }

  /** Copies of the units of [start, end), those of the video from the last key frame before `start`. */
  slice(start: Micros, end: Micros): RibbonSlice {
    const live = this.#kept.slice(this.#first);
    const decodable = firstPlayable(live, start);
    const chosen = live
      .filter(({ unit, track }, i) => {
        if (unit.at >= end || track !== this.#tracks.get(unit.modality)) return false;
        return unit.modality === 'audio' ? unit.at >= start : i >= decodable;
      })
      .map(({ unit }) => unit)
      .sort((a, b) => a.at - b.at);
    const inside = chosen.filter(({ at }) => at >= start);
    const last = inside.at(-1);
    if (!last) return { tracks: [], units: [], start, end: start };
    const tracks = [...this.#tracks.values()].filter(({ modality }) =>
      chosen.some((unit) => unit.modality === modality),
    );
    const units = chosen.map((unit) => ({ ...unit, data: unit.data.slice() }));
    return { tracks, units, start: inside[0]?.at ?? start, end };
  }

  /** @returns a view of the copy. */
  #copy(data: Uint8Array): Uint8Array {
    if (this.#filled + data.length > this.#block.length) {
      this.#block = this.#freshBlock(data.length);
      this.#filled = 0;
    }
    const end = this.#filled + data.length;
    const copy = this.#block.subarray(this.#filled, end);
    copy.set(data);
    this.#filled = end;
    return copy;
  }

  /** A unit larger than a block has one of its own. */
  #freshBlock(needed: number): Uint8Array<ArrayBuffer> {
    const spare = this.#spare;
    if (!spare || spare.length < needed) return new Uint8Array(Math.max(needed, BLOCK_BYTES));
    this.#spare = null;
    return spare;
  }

  #trim(horizon: Micros): void {
    for (let oldest = this.#kept[this.#first]; oldest; oldest = this.#kept[this.#first]) {
      if (oldest.unit.at >= horizon && this.#bytes <= this.#maxBytes) break;
      this.#bytes -= oldest.unit.data.length;
      this.#first++;
      this.#leave(oldest.block);
    }
    // An eighth, since what was dropped is garbage only from here on: at a half of them memory would rise and fall by the minute.
    if (this.#first > 256 && this.#first * 8 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
  }

  /** A unit of this block went. Where it was the last one of it, the block may be filled again. */
  #leave(block: Uint8Array<ArrayBuffer>): void {
    if (block === this.#block || block === this.#kept[this.#first]?.block) return;
    if (block.length === BLOCK_BYTES) this.#spare = block;
  }
}

/** Position of the newest video key frame at or before `start`, else of the first one after it. */
function firstPlayable(kept: readonly Kept[], start: Micros): number {
  const isKey = ({ unit }: Kept): boolean => unit.modality === 'video' && unit.key;
  const before = kept.findLastIndex((entry) => isKey(entry) && entry.unit.at <= start);
  if (before >= 0) return before;
  const after = kept.findIndex(isKey);
  return after < 0 ? kept.length : after;
}
