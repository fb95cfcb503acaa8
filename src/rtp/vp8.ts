/**
 * VP8 in RTP (RFC 7741): the payload descriptor, and the payload format for `VideoAssembler`.
 */
import { FrameBuffer } from './frame-buffer.ts';
import type { PayloadFormat, Piece } from './payload-format.ts';

/** The descriptor before each VP8 payload, RFC 7741 section 4.2. */
export type Vp8Descriptor = {
  /** Bytes of the descriptor: the payload proper follows. */
  readonly length: number;
  /** S and PID = 0: the first packet of a frame. */
  readonly startsFrame: boolean;
  /** N: no other frame depends on this one. */
  readonly droppable: boolean;
  /** 7 or 15 bits; null where it is not sent. */
  readonly pictureId: number | null;
  /** TL0PICIDX, 8 bits; null where it is not sent. */
  readonly baseIndex: number | null;
  /** TID, 0..3; 0 where it is not sent. */
  readonly temporalId: number;
  /** Y: depends on the base layer's frame with this `baseIndex` alone. */
  readonly sync: boolean;
  /** KEYIDX, 5 bits; null where it is not sent. */
  readonly keyIndex: number | null;
};

/** Reads the descriptor; null where the payload ends inside it, or right behind it. */
export function parseVp8Descriptor(payload: Uint8Array): Vp8Descriptor | null {
  const first = payload[0] ?? 0;
  const extension = first & 0x80 ? (payload[1] ?? 0) : 0;
  let at = first & 0x80 ? 2 : 1;
  let pictureId: number | null = null;
  let baseIndex: number | null = null;
  if (extension & 0x80) {
    const high = payload[at++] ?? 0;
    pictureId = high & 0x80 ? ((high & 0x7f) << 8) | (payload[at++] ?? 0) : high;
  }
  if (extension & 0x40) baseIndex = payload[at++] ?? 0;
  const layers = extension & 0x30 ? (payload[at++] ?? 0) : 0; // T and K share this byte
  if (at >= payload.length) return null;
  const layered = (extension & 0x20) !== 0;
  return {
    length: at,
    startsFrame: (first & 0x17) === 0x10,
    droppable: (first & 0x20) !== 0,
    pictureId,
    baseIndex,
    temporalId: layered ? layers >> 6 : 0,
    sync: layered && (layers & 0x20) !== 0,
    keyIndex: extension & 0x10 ? layers & 0x1f : null,
  };
}

/** P of the VP8 frame header, RFC 6386 section 9.1: 0 in a key frame. */
const isKey = (payload: Uint8Array, at: number): boolean => ((payload[at] ?? 1) & 1) === 0;

/** A frame is its payloads without their descriptors, one after the other. */
export class Vp8Format implements PayloadFormat {
  readonly marksStart = true;
  readonly #frame = new FrameBuffer();
  #key = false;
  #offset = 0; // of the payload inspected last

  inspect(payload: Uint8Array): Piece | null {
    const descriptor = parseVp8Descriptor(payload);
    if (!descriptor) return null;
    const { startsFrame: begins, temporalId, baseIndex, sync, length } = descriptor;
    this.#offset = length;
    return { begins, key: begins && isKey(payload, length), temporalId, baseIndex, sync };
  }

  begin(): void {
    this.#frame.clear();
  }

  append(payload: Uint8Array): boolean {
    if (this.#frame.length === 0) this.#key = isKey(payload, this.#offset);
    return this.#frame.append(payload.subarray(this.#offset));
  }

  finish(): { readonly key: boolean; readonly data: Uint8Array } {
    const data = this.#frame.copy();
    this.#frame.clear();
    return { key: this.#key, data };
  }
}
