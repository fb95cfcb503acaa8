/** IEEE 754 half precision (binary16): 1 sign, 5 exponent and 10 fraction bits; largest finite value 65504. */

/** Largest finite half. */
export const LARGEST_HALF = 65_504;

const bits = new DataView(new ArrayBuffer(4));

/** What rounding to nearest, ties to even, makes of `value` without its lowest `dropped` bits. */
function rounded(value: number, dropped: number): number {
  const kept = value >>> dropped;
  const rest = value & ((1 << dropped) - 1);
  const middle = 1 << (dropped - 1);
  return rest > middle || (rest === middle && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The half nearest to a float32, as its 16 bits; ties go to the even one. What is beyond the largest becomes infinite. */
export function halfOf(value: number): number {
  bits.setFloat32(0, value);
  const word = bits.getUint32(0);
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 127 + 15;
  const fraction = word & 0x7fffff;
  if (exponent === 255 - 127 + 15) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  if (exponent >= 31) return sign | 0x7c00;
  // Below 2^-14 there is no hidden one: it is shifted in. A carry of the rounding moves the exponent, as it should.
  if (exponent > 0) return sign | rounded((exponent << 23) | fraction, 13);
  if (exponent < -10) return sign;
  return sign | rounded(fraction | 0x800000, 14 - exponent);
}

/** The number that 16 bits of a half stand for; every one of them is a float32. */
export function floatOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Writes halves, little-endian, from byte `at` on. */
export function writeHalves(out: DataView, at: number, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) out.setUint16(at + 2 * i, halfOf(values[i]!), true);
}

/** Reads `count` little-endian halves from byte `at` on, into a new array. */
export function readHalves(from: DataView, at: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => floatOf(from.getUint16(at + 2 * i, true)));
}
