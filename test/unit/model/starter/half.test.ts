import { describe, expect, it } from 'vitest';

import {
  floatOf,
  halfOf,
  LARGEST_HALF,
  readHalves,
  writeHalves,
} from '../../../../src/model/starter/half.ts';

const ALL = Array.from({ length: 65_536 }, (_, half) => half);
const isNan = (half: number): boolean => (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0;
/** Every half that stands for a finite number of at least 0, in order of the numbers: 0x0000 to 0x7bff. */
const POSITIVE = ALL.slice(0, 0x7c00);

describe('floatOf', () => {
  it('reads the values that IEEE 754 names', () => {
    expect([0x0001, 0x0400, 0x3c00, 0x3555, 0xc000, 0x7bff].map(floatOf)).toEqual([
      ...[2 ** -24, 2 ** -14, 1, 1365 / 4096, -2, LARGEST_HALF],
    ]);
    expect(floatOf(0x7c00)).toBe(Number.POSITIVE_INFINITY);
    expect(floatOf(0xfc00)).toBe(Number.NEGATIVE_INFINITY);
    expect(Object.is(floatOf(0x8000), -0)).toBe(true);
  });
});

describe('halfOf', () => {
  it('gives each of the 65536 halves back', () => {
    expect(ALL.filter((half) => !isNan(half)).filter((half) => halfOf(floatOf(half)) !== half)).toEqual([]);
    const nans = ALL.filter(isNan);
    expect(nans).toHaveLength(2 * 1023);
    expect(nans.every((half) => isNan(halfOf(floatOf(half))))).toBe(true);
  });

  it('rounds what lies between any two neighbours to the nearer, and the middle to the even one', () => {
    const wrong = POSITIVE.slice(0, -1).flatMap((half) => {
      const [low, high] = [floatOf(half), floatOf(half + 1)];
      const middle = (low + high) / 2; // both have 11 bits: exact in float32
      const step = middle * 2 ** -23 + 2 ** -40;
      const even = half % 2 === 0 ? half : half + 1;
      const seen = [middle - step, middle, middle + step].flatMap((x) => [halfOf(x), halfOf(-x) & 0x7fff]);
      const expected = [half, half, even, even, half + 1, half + 1];
      return seen.join() === expected.join() ? [] : [{ half, seen, expected }];
    });
    expect(wrong).toEqual([]);
  });

  it('goes to infinity from the middle between the largest half and the next power of two on', () => {
    expect([65_519.99, 65_520, 1e9, Number.POSITIVE_INFINITY].map(halfOf)).toEqual([
      ...[0x7bff, 0x7c00, 0x7c00, 0x7c00],
    ]);
    expect(halfOf(-65_520)).toBe(0xfc00);
  });

  it('goes to a zero with its sign up to half of the smallest', () => {
    expect([2 ** -25, 1e-30, -(2 ** -25), -1e-45].map(halfOf)).toEqual([0, 0, 0x8000, 0x8000]);
    expect(halfOf(2 ** -25 * 1.001)).toBe(1);
  });
});

describe('writeHalves', () => {
  it('writes little-endian halves that readHalves reads', () => {
    const bytes = new Uint8Array(8);
    writeHalves(new DataView(bytes.buffer), 2, Float32Array.of(1, -2));
    expect([...bytes]).toEqual([0, 0, 0x00, 0x3c, 0x00, 0xc0, 0, 0]);
    expect([...readHalves(new DataView(bytes.buffer), 2, 2)]).toEqual([1, -2]);
  });
});
