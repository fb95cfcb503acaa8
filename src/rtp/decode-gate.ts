/**
 * Which frames can be decoded after something was lost.
 *
 * Without temporal layers nothing can, until the next key frame. With them (VP8, RFC 7741) TL0PICIDX counts the frames of the
 * base layer, so that a gap can be shown to have held frames of upper layers only. Then the base layer goes on, and an upper
 * layer goes on from its next frame that depends on the base layer alone (Y). A frame depends on no layer above its own.
 */
import type { Gap, Piece } from './payload-format.ts';

const LAYERS = 4; // TID has two bits
const BASE_INDEX_RANGE = 256; // TL0PICIDX has eight

/** The verdict on a whole frame: it can be decoded and is wanted, or the reason why not. */
export type Verdict = 'decodable' | 'unwanted' | 'no-key-frame' | 'rtp-incomplete';

/** What became of a layer's last frame: passed on, lost on the way, or not wanted. */
type LayerState = 'whole' | 'lost' | 'left-out';

export class DecodeGate {
  #waiting = true; // for a key frame
  #base: number | null = null; // TL0PICIDX of the last whole frame of the base layer; null while waiting
  readonly #layers: LayerState[] = new Array<LayerState>(LAYERS).fill('whole');
  #top = LAYERS - 1; // the highest layer that is wanted

  /** Layers above this one are not wanted from now on. One that is wanted again begins where it depends on the base alone. */
  prefer(temporalLayer: number): void {
    this.#top = temporalLayer;
  }

  /**
   * Something is missing before `piece`, with which a frame `begins` or not. Returns whether a key frame must be asked for:
   * not where one begins here, and not where the base layer is whole.
   */
  gap(piece: Piece, begins: boolean, gap: Gap): boolean {
    if (this.#baseIsWhole(piece, begins, gap)) {
      this.#breakFrom(1, 'lost');
      return false;
    }
    this.#waiting = true;
    this.#base = null;
    return !(begins && piece.key);
  }

  /** Judges the next whole frame by its first piece. */
  admit(first: Piece, key: boolean): Verdict {
    if (key) {
      this.#waiting = false;
      this.#layers.fill('whole');
    }
    if (this.#waiting) return 'no-key-frame';
    if (first.temporalId === 0) {
      this.#base = first.baseIndex;
      return 'decodable';
    }
    return this.#admitUpper(first);
  }

  #admitUpper({ temporalId, sync }: Piece): Verdict {
    if (temporalId > this.#top) {
      this.#breakFrom(temporalId, 'left-out');
      return 'unwanted';
    }
    const needed = sync ? [] : this.#layers.slice(1, temporalId + 1);
    if (needed.includes('lost')) {
      this.#breakFrom(temporalId, 'lost');
      return 'rtp-incomplete';
    }
    if (needed.includes('left-out')) {
      this.#breakFrom(temporalId, 'left-out');
      return 'unwanted';
    }
    this.#layers[temporalId] = 'whole';
    return 'decodable';
  }

  /** A frame of an upper layer names the base frame it stands on; a frame of the base layer counts it on by one. */
  #baseIsWhole({ temporalId, baseIndex }: Piece, begins: boolean, gap: Gap): boolean {
    if (this.#base === null || baseIndex === null || gap >= BASE_INDEX_RANGE) return false;
    if (temporalId > 0) return baseIndex === this.#base;
    return begins && baseIndex === (this.#base + 1) % BASE_INDEX_RANGE;
  }

  #breakFrom(layer: number, state: LayerState): void {
    this.#layers.fill(state, layer);
  }
}
