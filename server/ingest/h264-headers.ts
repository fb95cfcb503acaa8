/**
 * What an H.264 access unit in Annex B says of itself (ITU-T H.264): its NAL units, and the picture size of a parameter set.
 */
import { BitReader } from './bit-reader.ts';

export type PictureSize = { readonly width: number; readonly height: number };

const SLICE = 1; // NAL unit types, table 7-1
const IDR_SLICE = 5;
const PARAMETER_SET = 7;

/** Profiles whose parameter sets name their chroma format (section 7.3.2.1.1). */
const WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** The NAL units between start codes of three or four bytes, without those; views. */
export function nalUnits(data: Uint8Array): readonly Uint8Array[] {
  const starts: { readonly code: number; readonly unit: number }[] = [];
  for (let at = 2; at < data.length; at++) {
    if (data[at] !== 1 || data[at - 1] !== 0 || data[at - 2] !== 0) continue;
    starts.push({ code: data[at - 3] === 0 ? at - 3 : at - 2, unit: at + 1 });
  }
  return starts
    .map(({ unit }, n) => data.subarray(unit, starts[n + 1]?.code ?? data.length))
    .filter(({ length }) => length > 0);
}

/**
 * @returns null where there is no picture in it, or a parameter set that cannot be read. `sizes`: of the parameter sets in it.
 */
export function h264Unit(
  data: Uint8Array,
): { readonly key: boolean; readonly sizes: readonly PictureSize[] } | null {
  const units = nalUnits(data);
  const types = units.map((unit) => typeOf(unit));
  if (!types.includes(SLICE) && !types.includes(IDR_SLICE)) return null;
  const sizes = units.filter((unit) => typeOf(unit) === PARAMETER_SET).map(parameterSetSize);
  const known = sizes.filter((size) => size !== null);
  return known.length === sizes.length ? { key: types.includes(IDR_SLICE), sizes: known } : null;
}

const typeOf = (unit: Uint8Array): number => (unit[0] ?? 0) & 0x1f;

/**
 * The picture size in a sequence parameter set (section 7.3.2.1.1), before cropping by anything but the set itself.
 *
 * @param unit the NAL unit with its header byte.
 */
export function parameterSetSize(unit: Uint8Array): PictureSize | null {
  const reader = new BitReader(withoutEmulation(unit.subarray(1)));
  const profile = reader.bits(8);
  reader.bits(16); // constraint flags and level
  reader.unsigned(); // its id
  const chroma = WITH_CHROMA.has(profile) ? readChroma(reader) : 1;
  reader.unsigned(); // bits of the frame number
  readOrderCount(reader);
  reader.unsigned(); // reference frames
  reader.bit(); // gaps allowed
  const macroblocksAcross = reader.unsigned() + 1;
  const mapUnitsDown = reader.unsigned() + 1;
  const framesOnly = reader.bit();
  if (framesOnly === 0) reader.bit(); // adaptive to fields
  reader.bit(); // direct inference
  const [left, right, top, bottom] = reader.bit() === 1 ? cropping(reader) : [0, 0, 0, 0];
  if (!reader.whole) return null;
  const stepX = chroma === 1 || chroma === 2 ? 2 : 1;
  const stepY = (chroma === 1 ? 2 : 1) * (2 - framesOnly);
  const width = 16 * macroblocksAcross - stepX * (left + right);
  const height = 16 * mapUnitsDown * (2 - framesOnly) - stepY * (top + bottom);
  return width > 0 && height > 0 ? { width, height } : null;
}

const cropping = (reader: BitReader): [number, number, number, number] => [
  reader.unsigned(),
  reader.unsigned(),
  reader.unsigned(),
  reader.unsigned(),
];

/** Up to the chroma format and past what follows it. */
function readChroma(reader: BitReader): number {
  const format = reader.unsigned();
  if (format === 3) reader.bit(); // separate planes
  reader.unsigned(); // bit depths
  reader.unsigned();
  reader.bit(); // transform bypass
  if (reader.bit() === 1) {
    const lists = format === 3 ? 12 : 8;
    for (let list = 0; list < lists; list++)
      if (reader.bit() === 1) skipScalingList(reader, list < 6 ? 16 : 64);
  }
  return format;
}

function skipScalingList(reader: BitReader, size: number): void {
  let [last, next] = [8, 8];
  for (let n = 0; n < size && reader.whole; n++) {
    if (next !== 0) next = (last + reader.signed() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function readOrderCount(reader: BitReader): void {
  const type = reader.unsigned();
  if (type === 0) reader.unsigned();
  if (type !== 1) return;
  reader.bit();
  reader.signed();
  reader.signed();
  const cycle = reader.unsigned();
  for (let n = 0; n < cycle && reader.whole; n++) reader.signed();
}

/** Drops the 3 that keeps start codes out of a NAL unit (section 7.4.1). */
function withoutEmulation(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, n) => !(byte === 3 && bytes[n - 1] === 0 && bytes[n - 2] === 0));
}
