/**
 * Packets in order to whole frames, for any codec whose payload format is given.
 */
import { DecodeGate } from './decode-gate.ts';
import type { Assembled, Depacketizer, Gap, MediaPacket, PayloadFormat, Piece } from './payload-format.ts';

/** A packet that may open a frame. */
type Candidate = {
  readonly piece: Piece;
  readonly timestamp: number;
  /** A frame begins here, whatever came before. */
  readonly begins: boolean;
  /** Nothing is missing before it, so that it must be a frame's first. */
  readonly follows: boolean;
};

/**
 * A frame is emitted when it is whole and what it depends on was whole, see `DecodeGate`. It ends with the marker, or where
 * the next one begins; all packets of a frame have one timestamp. Padding probes (no payload) only keep the order unbroken.
 * Where a frame is lost that others depend on, `need-key-frame` comes once for each gap.
 */
export class VideoAssembler implements Depacketizer {
  readonly #format: PayloadFormat;
  readonly #gate = new DecodeGate();
  #first: Piece | null = null; // of the frame that is open; null between frames
  #timestamp: number | null = null; // of the last packet with a payload
  #skipping: number | null = null; // timestamp of a frame that is counted as dropped: the rest of it follows
  #gap: Gap = Infinity; // before the next packet with a payload; at the start nobody knows

  constructor(format: PayloadFormat) {
    this.#format = format;
  }

  push(packet: MediaPacket, gap: Gap): readonly Assembled[] {
    const out: Assembled[] = [];
    if (gap > 0) this.#break('rtp-incomplete', gap, out);
    if (packet.payload.length === 0) return out;
    const piece = this.#format.inspect(packet.payload);
    if (!piece) {
      this.#refuse(packet, out);
      return out;
    }
    this.#take(packet, piece, out);
    return out;
  }

  prefer(temporalLayer: number): void {
    this.#gate.prefer(temporalLayer);
  }

  #take(packet: MediaPacket, piece: Piece, out: Assembled[]): void {
    const { timestamp, marker, payload } = packet;
    const fresh = timestamp !== this.#timestamp;
    if (this.#first && (fresh || (piece.begins && this.#format.marksStart))) this.#finish(out);
    this.#timestamp = timestamp;
    const follows = fresh && this.#gap === 0;
    const begins = piece.begins && (this.#format.marksStart || timestamp !== this.#skipping);
    if (this.#gap > 0) this.#judge(piece, begins, out);
    if (!this.#first && !this.#open({ piece, timestamp, begins, follows }, out)) return;
    if (!this.#format.append(payload)) this.#refuse(packet, out);
    else if (marker) this.#finish(out);
  }

  #judge(piece: Piece, begins: boolean, out: Assembled[]): void {
    if (this.#gate.gap(piece, begins, this.#gap)) out.push({ type: 'need-key-frame' });
    this.#gap = 0;
  }

  /** Opens a frame with `piece`; or skips it, as it belongs to one whose first packets are missing. */
  #open({ piece, timestamp, begins, follows }: Candidate, out: Assembled[]): boolean {
    if (begins || (follows && !this.#format.marksStart)) {
      this.#format.begin();
      this.#first = piece;
      return true;
    }
    if (timestamp === this.#skipping) return false;
    out.push({ type: 'dropped', reason: 'rtp-incomplete' });
    this.#skipping = timestamp;
    if (follows) {
      this.#gap = 1; // the sender's fault, and as bad as a loss
      this.#judge(piece, begins, out);
    }
    return false;
  }

  #finish(out: Assembled[]): void {
    const first = this.#first;
    const timestamp = this.#timestamp;
    const finished = this.#format.finish();
    this.#first = null;
    if (!first || !finished || timestamp === null) return;
    const { key, data } = finished;
    const verdict = this.#gate.admit(first, key);
    if (verdict === 'decodable')
      out.push({ type: 'frame', frame: { timestamp, key, temporalId: first.temporalId, data } });
    else if (verdict !== 'unwanted') out.push({ type: 'dropped', reason: verdict });
  }

  /** A payload that cannot be: what it belongs to is lost. */
  #refuse({ timestamp }: MediaPacket, out: Assembled[]): void {
    out.push({ type: 'dropped', reason: 'rtp-malformed' });
    this.#break(null, 1, out);
    this.#skipping = timestamp;
  }

  /** The open frame cannot become whole any more. */
  #break(reason: 'rtp-incomplete' | null, gap: Gap, out: Assembled[]): void {
    this.#gap += gap;
    if (!this.#first) return;
    this.#first = null;
    this.#skipping = this.#timestamp;
    if (reason) out.push({ type: 'dropped', reason });
  }
}
