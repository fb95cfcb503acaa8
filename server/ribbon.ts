/**
 * The ribbon: the encoded units of a session's last 60 s, so that any viewer can play a span back.
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

type Kept = { readonly unit: EncodedUnit; readonly track: TrackConfig };

export class Ribbon {
  readonly #span: Micros;
  readonly #maxBytes: Bytes;
  readonly #tracks = new Map<Modality, TrackConfig>();
  #kept: Kept[] = [];
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

  /** Keeps one unit. A unit of a modality whose track was never configured is not kept: nobody could decode it. */
  push(unit: EncodedUnit): void {
    const track = this.#tracks.get(unit.modality);
    if (!track) return;
    this.#kept.push({ unit, track });
    this.#bytes += unit.data.length;
    this.#trim(subMicros(unit.at, this.#span));
  }

  /** The units of [start, end), those of the video from the last key frame before `start`. */
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
    return { tracks, units: chosen, start: inside[0]?.at ?? start, end };
  }

  #trim(horizon: Micros): void {
    for (let oldest = this.#kept[this.#first]; oldest; oldest = this.#kept[this.#first]) {
      if (oldest.unit.at >= horizon && this.#bytes <= this.#maxBytes) break;
      this.#bytes -= oldest.unit.data.length;
      this.#first++;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
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
