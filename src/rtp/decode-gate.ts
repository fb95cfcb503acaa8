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

/** The verdict on a whole frame: it can be decoded, or the reason why not. */
export type Verdict = 'decodable' | 'no-key-frame' | 'rtp-incomplete';

export class DecodeGate {
  #waiting = true; // for a key frame
  #base: number | null = null; // TL0PICIDX of the last whole frame of the base layer; null while waiting
  readonly #whole: boolean[] = new Array(LAYERS).fill(true); // by layer: its last frame was not lost

  /**
   * Something is missing before `piece`, with which a frame `begins` or not. Returns whether a key frame must be asked for:
   * not where one begins here, and not where the base layer is whole.
   */
  gap(piece: Piece, begins: boolean, gap: Gap): boolean {
    if (this.#baseIsWhole(piece, begins, gap)) {
      this.#loseFrom(1);
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
      this.#whole.fill(true);
    }
    if (this.#waiting) return 'no-key-frame';
    if (first.temporalId === 0) {
      this.#base = first.baseIndex;
      return 'decodable';
    }
    return this.#admitUpper(first);
  }

  #admitUpper({ temporalId, sync }: Piece): Verdict {
    const supported = sync || this.#whole.slice(1, temporalId + 1).every(Boolean);
    if (!supported) {
      this.#loseFrom(temporalId);
      return 'rtp-incomplete';
    }
    this.#whole[temporalId] = true;
    return 'decodable';
  }

  /** A frame of an upper layer names the base frame it stands on; a frame of the base layer counts it on by one. */
  #baseIsWhole({ temporalId, baseIndex }: Piece, begins: boolean, gap: Gap): boolean {
    if (this.#base === null || baseIndex === null || gap >= BASE_INDEX_RANGE) return false;
    if (temporalId > 0) return baseIndex === this.#base;
    return begins && baseIndex === (this.#base + 1) % BASE_INDEX_RANGE;
  }

  #loseFrom(layer: number): void {
    this.#whole.fill(false, layer);
  }
}
