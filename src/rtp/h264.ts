/**
 * H264 in RTP (RFC 6184, packetization modes 0 and 1) to Annex B: each NAL unit behind 00 00 00 01.
 *
 * A key frame is one with an IDR slice. Streams that refresh bit by bit (recovery points instead of IDR) never have one and
 * so never start.
 */
import { FrameBuffer } from './frame-buffer.ts';
import type { PayloadFormat, Piece } from './payload-format.ts';

const IDR = 5; // NAL unit types, ITU-T H.264 table 7-1
const LAST_SLICE_TYPE = 5;
const SEI = 6;
const SPS = 7;
const PPS = 8;
const DELIMITER = 9;
const STAP_A = 24; // payload structures, RFC 6184 table 1
const FU_A = 28;
const START_CODE = new Uint8Array([0, 0, 0, 1]);

/** Parameter sets kept from frame to frame: so many of each kind, none longer than this. A stream has one or two, of 10-60 bytes. */
const MAX_SETS = 16;
const MAX_SET_BYTES = 1024;

const typeOf = (header: number): number => header & 0x1f;
const isSlice = (type: number): boolean => type >= 1 && type <= LAST_SLICE_TYPE;

/**
 * Whether an access unit can begin with this NAL unit: what stands before the first slice, or that slice itself.
 * A slice's first field is its first macroblock, Exp-Golomb coded, so that 0 is a single set bit.
 */
function beginsUnit(type: number, next: number): boolean {
  if (isSlice(type)) return (next & 0x80) !== 0;
  return type >= SEI && type <= DELIMITER;
}

const opensKey = (type: number): boolean => type === IDR || type === SPS;

/** The NAL units in a STAP-A, as views; null where a size runs over the end, is 0, or none is there. */
function unitsOf(payload: Uint8Array): readonly Uint8Array[] | null {
  const units: Uint8Array[] = [];
  for (let at = 1; at < payload.length; ) {
    const size = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    const unit = payload.subarray(at + 2, at + 2 + size);
    if (size === 0 || unit.length < size || typeOf(unit[0] ?? 0) >= STAP_A) return null;
    units.push(unit);
    at += 2 + size;
  }
  return units.length > 0 ? units : null;
}

const pieceOf = (begins: boolean, key: boolean): Piece => ({
  begins,
  key,
  temporalId: 0,
  baseIndex: null,
  sync: false,
});

/** A frame is an access unit in Annex B. The last parameter sets go before a key frame that comes without. */
export class H264Format implements PayloadFormat {
  readonly marksStart = false;
  readonly #frame = new FrameBuffer();
  #key = false;
  #pictured = false;
  #fragment = false; // a fragmented NAL unit is open
  #found: { sps: Uint8Array[]; pps: Uint8Array[] } = { sps: [], pps: [] }; // in this frame
  #kept: { sps: Uint8Array[]; pps: Uint8Array[] } = { sps: [], pps: [] };

  inspect(payload: Uint8Array): Piece | null {
    const type = typeOf(payload[0] ?? 0);
    if (type === 0) return null;
    if (type < STAP_A) return pieceOf(beginsUnit(type, payload[1] ?? 0), opensKey(type));
    if (type === STAP_A) {
      const units = unitsOf(payload);
      const first = units?.[0];
      if (!units || !first) return null;
      const key = units.some((unit) => opensKey(typeOf(unit[0] ?? 0)));
      return pieceOf(beginsUnit(typeOf(first[0] ?? 0), first[1] ?? 0), key);
    }
    if (type !== FU_A || payload.length < 3) return null;
    const head = payload[1] ?? 0;
    const inner = typeOf(head);
    if (inner === 0 || inner >= STAP_A) return null;
    return pieceOf((head & 0x80) !== 0 && beginsUnit(inner, payload[2] ?? 0), opensKey(inner));
  }

  begin(): void {
    this.#frame.clear();
    this.#key = this.#pictured = this.#fragment = false;
    this.#found = { sps: [], pps: [] };
  }

  append(payload: Uint8Array): boolean {
    const type = typeOf(payload[0] ?? 0);
    if (type === FU_A) return this.#appendFragment(payload);
    this.#fragment = false;
    if (type !== STAP_A) return this.#appendUnit(payload);
    return (unitsOf(payload) ?? []).every((unit) => this.#appendUnit(unit));
  }

  finish(): { readonly key: boolean; readonly data: Uint8Array } | null {
    const { sps, pps } = this.#found;
    if (sps.length > 0) this.#kept.sps = sps;
    if (pps.length > 0) this.#kept.pps = pps;
    const frame = this.#pictured ? { key: this.#key, data: this.#take(sps.length === 0) } : null;
    this.begin();
    return frame;
  }

  #appendUnit(unit: Uint8Array): boolean {
    this.#note(unit);
    return this.#frame.append(START_CODE) && this.#frame.append(unit);
  }

  /** FU-A, RFC 6184 section 5.8: the first fragment brings the NAL unit's header in two halves. */
  #appendFragment(payload: Uint8Array): boolean {
    const [indicator = 0, head = 0] = payload;
    if (head & 0x80) {
      const header = new Uint8Array([(indicator & 0xe0) | typeOf(head)]);
      this.#note(header);
      if (!this.#frame.append(START_CODE) || !this.#frame.append(header)) return false;
    } else if (!this.#fragment) return false;
    this.#fragment = (head & 0x40) === 0;
    return this.#frame.append(payload.subarray(2));
  }

  /** Keeps in mind what the frame holds. A fragmented parameter set is passed on and not kept. */
  #note(unit: Uint8Array): void {
    const type = typeOf(unit[0] ?? 0);
    if (isSlice(type)) this.#pictured = true;
    if (type === IDR) this.#key = true;
    if (type === SPS) keep(this.#found.sps, unit);
    if (type === PPS) keep(this.#found.pps, unit);
  }

  #take(withoutSets: boolean): Uint8Array {
    const { sps, pps } = this.#kept;
    if (!this.#key || !withoutSets || sps.length === 0) return this.#frame.copy();
    return joinBehindCodes([...sps, ...pps], this.#frame.copy());
  }
}

function keep(sets: Uint8Array[], unit: Uint8Array): void {
  if (unit.length > 1 && unit.length <= MAX_SET_BYTES && sets.length < MAX_SETS)
    sets.push(new Uint8Array(unit));
}

function joinBehindCodes(units: readonly Uint8Array[], rest: Uint8Array): Uint8Array {
  const length = units.reduce((sum, unit) => sum + START_CODE.length + unit.length, rest.length);
  const joined = new Uint8Array(length);
  let at = 0;
  for (const unit of units) {
    joined.set(START_CODE, at);
    joined.set(unit, at + START_CODE.length);
    at += START_CODE.length + unit.length;
  }
  joined.set(rest, at);
  return joined;
}
