/**
 * The ribbon: the encoded units of a session's last 60 s, so that any viewer can play a span back.
 *
 * They are copied into blocks that only the ribbon has, and a block that has been left behind is filled again. Kept as they come,
 * thousands of small buffers would live for a minute between ones that live for a moment: the process's memory would grow by the
 * holes, and the collector would find most of what it had taken for old to be garbage. What is handed out is a copy.
 */

import { type Bytes, bytes, type Micros, microsFromSeconds, subMicros } from '../proto/units.ts';
import type { EncodedUnit, TrackConfig } from '../src/media.ts';
import { RibbonBlock, type Tracks } from './ribbon-block.ts';

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

type Kept = { readonly unit: EncodedUnit; readonly track: TrackConfig | undefined };

export class Ribbon {
  readonly #span: Micros;
  readonly #maxBytes: Bytes;
  #tracks: Tracks = new Map();
  /** Oldest first; units go into the last one. */
  readonly #blocks: RibbonBlock[] = [];
  /** The block that was left behind last. */
  #spare: RibbonBlock | null = null;
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
    if (JSON.stringify(known) === JSON.stringify(track)) return;
    this.#tracks = new Map([...this.#tracks, [track.modality, track]]); // blocks from before keep what they began with
  }

  /** Keeps a copy of one unit. A unit of a modality whose track was never configured is not kept: nobody could decode it. */
  push(unit: EncodedUnit): void {
    if (!this.#tracks.has(unit.modality)) return;
    this.#blockFor(unit.data.length).push(unit);
    this.#bytes += unit.data.length;
    this.#trim(subMicros(unit.at, this.#span));
  }

  /** Copies of the units of [start, end), those of the video from the last key frame before `start`. */
  slice(start: Micros, end: Micros): RibbonSlice {
    const live = [...this.#live()];
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

  *#live(): Generator<Kept> {
    for (const block of this.#blocks)
      for (const unit of block.units()) yield { unit, track: block.tracks.get(unit.modality) };
  }

  /** The last block, or a fresh one where the unit does not fit, or the units from here on are encoded otherwise. */
  #blockFor(bytes: number): RibbonBlock {
    const last = this.#blocks.at(-1);
    if (last?.tracks === this.#tracks && last.fits(bytes)) return last;
    const spare = this.#spare;
    spare?.clear(this.#tracks);
    const block = spare?.fits(bytes) ? spare : new RibbonBlock(this.#tracks, bytes);
    if (block === spare) this.#spare = null;
    this.#blocks.push(block);
    return block;
  }

  #trim(horizon: Micros): void {
    for (let oldest = this.#blocks[0]; oldest; oldest = this.#blocks[0]) {
      if (oldest.empty) this.#leave(oldest);
      else if (oldest.oldest < horizon || this.#bytes > this.#maxBytes) this.#bytes -= oldest.drop();
      else break;
    }
  }

  /** The oldest block has no unit any more: it may be filled again. */
  #leave(block: RibbonBlock): void {
    this.#blocks.shift();
    if (block.usual) this.#spare = block;
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
