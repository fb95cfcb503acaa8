/**
 * One RTP packet (RFC 3550 section 5.1) with its header extensions (RFC 8285).
 */

/** A parsed packet. `payload` and the values of `extensions` are views into the bytes it was parsed from. */
export type RtpPacket = {
  /** 0..127. */
  readonly payloadType: number;
  /** 16 bits, wraps. */
  readonly sequence: number;
  /** 32 bits, wraps; ticks of the codec's clock. */
  readonly timestamp: number;
  readonly ssrc: number;
  /** Video: the last packet of a frame. */
  readonly marker: boolean;
  /** By the id that the SDP negotiated. */
  readonly extensions: ReadonlyMap<number, Uint8Array>;
  /** What is left after header and padding; empty in a padding probe. */
  readonly payload: Uint8Array;
};

const FIXED_HEADER = 12;
const EXTENSION_HEADER = 4;
const ONE_BYTE = 0xbede; // RFC 8285 section 4.2
const TWO_BYTE = 0x100; // section 4.3: the upper twelve bits; the lower four mean nothing here
const PADDING_ID = 0;
const STOP_ID = 15; // one-byte form only: whatever follows is to be ignored

const NO_EXTENSIONS: ReadonlyMap<number, Uint8Array> = new Map();

/**
 * Parses an RTP packet, or null where the bytes are no well-formed RTP version 2. Never throws.
 *
 * Contributing sources are skipped. A header extension of an unknown profile is skipped as a whole; an element that runs
 * over the end of its block ends the reading of extensions, as RFC 8285 asks, and does not spoil the packet.
 */
export function parseRtp(bytes: Uint8Array): RtpPacket | null {
  if (bytes.length < FIXED_HEADER) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const flags = view.getUint8(0);
  if (flags >> 6 !== 2) return null;
  const extended = (flags & 0x10) !== 0;
  const afterSources = FIXED_HEADER + 4 * (flags & 0x0f);
  const start = extended ? extensionEnd(view, afterSources) : afterSources;
  const end = bytes.length - paddingOf(view, flags);
  if (start > end) return null;
  const second = view.getUint8(1);
  return {
    payloadType: second & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    marker: second >= 0x80,
    extensions: extended ? readExtensions(view, afterSources, start) : NO_EXTENSIONS,
    payload: slice(view, start, end),
  };
}

/** Bytes of padding; Infinity where the count cannot be. */
function paddingOf(view: DataView, flags: number): number {
  if ((flags & 0x20) === 0) return 0;
  return view.getUint8(view.byteLength - 1) || Infinity; // the count includes its own byte
}

/** Where the extension block that starts at `offset` ends; Infinity where it does not fit. */
function extensionEnd(view: DataView, offset: number): number {
  if (offset + EXTENSION_HEADER > view.byteLength) return Infinity;
  return offset + EXTENSION_HEADER + 4 * view.getUint16(offset + 2);
}

function readExtensions(view: DataView, block: number, end: number): ReadonlyMap<number, Uint8Array> {
  const profile = view.getUint16(block);
  const first = block + EXTENSION_HEADER;
  if (profile === ONE_BYTE) return readOneByte(view, first, end);
  if (profile >> 4 === TWO_BYTE) return readTwoByte(view, first, end);
  return NO_EXTENSIONS;
}

function readOneByte(view: DataView, first: number, end: number): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = first; at < end; ) {
    const head = view.getUint8(at);
    const id = head >> 4;
    const next = at + 2 + (head & 0x0f);
    if (head === 0) {
      at++;
      continue;
    }
    if (id === PADDING_ID || id === STOP_ID || next > end) break;
    found.set(id, slice(view, at + 1, next));
    at = next;
  }
  return found;
}

function readTwoByte(view: DataView, first: number, end: number): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = first; at < end; ) {
    const id = view.getUint8(at);
    if (id === PADDING_ID) {
      at++;
      continue;
    }
    if (at + 2 > end) break;
    const next = at + 2 + view.getUint8(at + 1);
    if (next > end) break;
    found.set(id, slice(view, at + 2, next));
    at = next;
  }
  return found;
}

const slice = (view: DataView, from: number, to: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + from, to - from);
