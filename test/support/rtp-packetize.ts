/**
 * RTP packets for tests: the inverse of `src/rtp`, written on its own and from the RFCs.
 */

export type RtpFields = {
  readonly payloadType?: number;
  readonly sequence?: number;
  readonly timestamp?: number;
  readonly ssrc?: number;
  readonly marker?: boolean;
  readonly sources?: readonly number[];
  readonly extensions?: readonly (readonly [id: number, value: Uint8Array])[];
  /** How the extensions are laid out; default one byte of header each. */
  readonly form?: 'one-byte' | 'two-byte';
  readonly payload?: Uint8Array;
  /** Bytes of padding, 0 for none. */
  readonly padding?: number;
};

const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [...u16(Math.floor(value / 65536)), ...u16(value % 65536)];

function extensionBlock({ extensions = [], form = 'one-byte' }: RtpFields): number[] {
  if (extensions.length === 0) return [];
  const elements = extensions.flatMap(([id, value]) =>
    form === 'one-byte' ? [(id << 4) | (value.length - 1), ...value] : [id, value.length, ...value],
  );
  while (elements.length % 4 !== 0) elements.push(0);
  return [...u16(form === 'one-byte' ? 0xbede : 0x1000), ...u16(elements.length / 4), ...elements];
}

/** One packet's bytes. */
export function rtpPacket(fields: RtpFields): Uint8Array {
  const { payloadType = 96, sequence = 0, timestamp = 0, ssrc = 1, marker = false } = fields;
  const { sources = [], payload = new Uint8Array(0), padding = 0 } = fields;
  const extensions = extensionBlock(fields);
  const flags = 0x80 | (padding > 0 ? 0x20 : 0) | (extensions.length > 0 ? 0x10 : 0) | sources.length;
  const head = [
    ...[flags, (marker ? 0x80 : 0) | payloadType],
    ...u16(sequence % 65536),
    ...u32(timestamp % 2 ** 32),
    ...u32(ssrc),
    ...sources.flatMap(u32),
    ...extensions,
  ];
  const bytes = new Uint8Array(head.length + payload.length + padding);
  bytes.set(head);
  bytes.set(payload, head.length);
  if (padding > 0) bytes[bytes.length - 1] = padding;
  return bytes;
}

/** What VP8's descriptor says of a frame; what is left out is not sent. */
export type Vp8Layer = {
  readonly pictureId?: number;
  /** PictureID in 7 bits; default 15. */
  readonly short?: boolean;
  readonly baseIndex?: number;
  readonly temporalId?: number;
  readonly sync?: boolean;
  readonly keyIndex?: number;
};

export function vp8Descriptor(start: boolean, layer: Vp8Layer = {}): number[] {
  const { pictureId, short = false, baseIndex, temporalId, sync = false, keyIndex } = layer;
  const [i, l] = [pictureId !== undefined, baseIndex !== undefined];
  const [t, k] = [temporalId !== undefined, keyIndex !== undefined];
  const extension = (i ? 0x80 : 0) | (l ? 0x40 : 0) | (t ? 0x20 : 0) | (k ? 0x10 : 0);
  const bytes = [(extension ? 0x80 : 0) | (start ? 0x10 : 0)];
  if (extension) bytes.push(extension);
  if (i && short) bytes.push((pictureId ?? 0) & 0x7f);
  else if (i) bytes.push(...u16(0x8000 | ((pictureId ?? 0) & 0x7fff)));
  if (l) bytes.push((baseIndex ?? 0) & 0xff);
  if (t || k) bytes.push(((temporalId ?? 0) << 6) | (sync ? 0x20 : 0) | ((keyIndex ?? 0) & 0x1f));
  return bytes;
}

/** Payloads of one VP8 frame, at most `most` bytes of it in each. */
export function vp8Payloads(frame: Uint8Array, layer: Vp8Layer = {}, most = 1180): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (let at = 0; at < frame.length; at += most)
    payloads.push(new Uint8Array([...vp8Descriptor(at === 0, layer), ...frame.subarray(at, at + most)]));
  return payloads;
}

/** A VP8 frame of that many bytes: the first one's lowest bit says that it is a key frame, the rest is `fill` counted on. */
export function vp8Frame(key: boolean, length: number, fill = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i === 0 ? (key ? 0x10 : 0x11) : (fill + i) & 0xff));
}

/** STAP-A of these NAL units. */
export function stapA(units: readonly Uint8Array[]): Uint8Array {
  const reference = Math.max(...units.map(([header = 0]) => header & 0x60));
  return new Uint8Array([reference | 24, ...units.flatMap((unit) => [...u16(unit.length), ...unit])]);
}

/** FU-A fragments of one NAL unit, at most `most` bytes of it in each. */
export function fuA(unit: Uint8Array, most: number): Uint8Array[] {
  const [header = 0] = unit;
  const body = unit.subarray(1);
  const payloads: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += most) {
    const flags = (at === 0 ? 0x80 : 0) | (at + most >= body.length ? 0x40 : 0);
    const head = [(header & 0xe0) | 28, flags | (header & 0x1f)];
    payloads.push(new Uint8Array([...head, ...body.subarray(at, at + most)]));
  }
  return payloads;
}

/** Payloads of one access unit: small NAL units that follow each other share a STAP-A, large ones are cut. */
export function h264Payloads(units: readonly Uint8Array[], most = 1180): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = (): void => {
    const [only] = small;
    if (small.length > 1) payloads.push(stapA(small));
    else if (only) payloads.push(only);
    small = [];
  };
  for (const unit of units) {
    const size = small.reduce((sum, { length }) => sum + 2 + length, 1);
    if (size + 2 + unit.length > most) flush();
    if (unit.length > most) payloads.push(...fuA(unit, most));
    else small.push(unit);
  }
  flush();
  return payloads;
}

/** A slice: its first byte after the header has the top bit set where it is a picture's first. */
export function h264Slice(key: boolean, length: number, fill = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => {
    if (i === 0) return key ? 0x65 : 0x41;
    return i === 1 ? 0x80 | (fill & 0x7f) : ((fill + i) % 255) + 1;
  });
}

/** The units as Annex B. */
export function annexB(units: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(units.flatMap((unit) => [0, 0, 0, 1, ...unit]));
}

/** abs-capture-time of an instant, microseconds since the Unix epoch; `long`: with the clock offset. */
export function absCaptureTime(at: number, long = false): Uint8Array {
  const seconds = Math.floor(at / 1e6);
  const fraction = Math.round(((at - seconds * 1e6) / 1e6) * 2 ** 32);
  return new Uint8Array([
    ...u32((seconds + 2_208_988_800) % 2 ** 32),
    ...u32(fraction),
    ...(long ? u32(0).concat(u32(7)) : []),
  ]);
}

/** A stream's packets, one after the other: sequence numbers run on, the last payload of each frame has the marker. */
export class Packetizer {
  readonly #fields: RtpFields;
  #sequence: number;

  constructor(fields: RtpFields = {}) {
    this.#fields = fields;
    this.#sequence = fields.sequence ?? 0;
  }

  get nextSequence(): number {
    return this.#sequence;
  }

  /** The packets of one frame; `fields` are for its first packet alone, but for the timestamp. */
  frame(payloads: readonly Uint8Array[], timestamp: number, fields: RtpFields = {}): Uint8Array[] {
    return payloads.map((payload, i) =>
      rtpPacket({
        ...this.#fields,
        ...(i === 0 ? fields : {}),
        sequence: this.#sequence++,
        timestamp: ((timestamp % 2 ** 32) + 2 ** 32) % 2 ** 32,
        marker: i === payloads.length - 1,
        payload,
      }),
    );
  }
}
