/**
 * What the depacketizers share: how a codec's payload format is read, and what comes out of it.
 */

/** One packet, in order, as a depacketizer takes it. `payload` is read before `push` returns and not kept. */
export type MediaPacket = {
  /** Extended, ticks of the codec's clock. */
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
};

/** What is missing directly before a packet: how many packets, 0 for none; Infinity where it is not known. */
export type Gap = number;

/** A whole frame of picture, or one packet of sound. */
export type AssembledFrame = {
  /** Extended, ticks of the codec's clock. */
  readonly timestamp: number;
  /** It needs no frame before it. */
  readonly key: boolean;
  /** 0 where the stream has no temporal layers. */
  readonly temporalId: number;
  /** Owned by whoever receives it. */
  readonly data: Uint8Array;
};

/** What a packet led to. A dropped frame is counted by its reason, the same words as in `ShedReason`. */
export type Assembled =
  | { readonly type: 'frame'; readonly frame: AssembledFrame }
  | { readonly type: 'dropped'; readonly reason: 'rtp-incomplete' | 'rtp-malformed' | 'no-key-frame' }
  | { readonly type: 'need-key-frame' };

export type Depacketizer = {
  /** Takes the next packet in order. */
  push(packet: MediaPacket, gap: Gap): readonly Assembled[];
  /** Frames of layers above this one are not wanted from now on; they are left out, uncounted. No effect without layers. */
  prefer(temporalLayer: number): void;
};

/** What one payload says of its frame. */
export type Piece = {
  /** A frame can begin here, whatever came before. */
  readonly begins: boolean;
  /** It can be seen here that the frame is a key frame. */
  readonly key: boolean;
  readonly temporalId: number;
  /** VP8's TL0PICIDX, 8 bits: counts the frames of the base layer. Null where it is not sent. */
  readonly baseIndex: number | null;
  /** VP8's Y: of a frame in an upper layer, it depends on the base layer alone. */
  readonly sync: boolean;
};

/** How a codec is laid out in payloads. It holds the frame that is being put together. */
export type PayloadFormat = {
  /** Every frame's first payload can be told by itself (VP8); else a change of the timestamp is the sign (H264). */
  readonly marksStart: boolean;
  /** Reads a payload of at least one byte without taking it; null where malformed. */
  inspect(payload: Uint8Array): Piece | null;
  /** Forgets the frame so far. */
  begin(): void;
  /** Adds the payload that `inspect` accepted last; false where it does not fit what is there. */
  append(payload: Uint8Array): boolean;
  /** The frame, in a buffer of its own; null where it holds no picture. Forgets it. */
  finish(): { readonly key: boolean; readonly data: Uint8Array } | null;
};
