import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Unwrapper } from '../../../src/rtp/unwrap.ts';

const wrap = (value: number, range: number): number => ((value % range) + range) % range;

describe('Unwrapper', () => {
  it.each([
    ['counts on over the wrap', 16, [65534, 65535, 0, 1], [65534, 65535, 65536, 65537]],
    ['places a late one before the wrap', 16, [65535, 1, 0], [65535, 65537, 65536]],
    ['goes below zero for one before the first', 16, [0, 65535], [0, -1]],
    ['takes a difference of one less than half as forward', 16, [0, 32767], [0, 32767]],
    ['takes a difference of half as backward', 16, [0, 32768], [0, -32768]],
    ['wraps 32 bits', 32, [2 ** 32 - 1, 0, 3000], [2 ** 32 - 1, 2 ** 32, 2 ** 32 + 3000]],
    ['wraps twice', 16, [0, 30000, 60000, 24464, 54464], [0, 30000, 60000, 90000, 120000]],
  ])('%s', (_, bits, wrapped, expected) => {
    const unwrapper = new Unwrapper(bits);
    expect(wrapped.map((value) => unwrapper.unwrap(value))).toEqual(expected);
  });

  it.each([16, 32])(
    'restores every number that is out of place by less than half of %i bits (law)',
    (bits) => {
      const range = 2 ** bits;
      const steps = fc.array(fc.integer({ min: 0, max: range / 2 - 1 }), { maxLength: 50 });
      const delays = fc.array(fc.integer({ min: 0, max: range / 2 }), { minLength: 51, maxLength: 51 });
      fc.assert(
        fc.property(fc.integer({ min: 0, max: range - 1 }), steps, delays, (first, rises, back) => {
          const unwrapper = new Unwrapper(bits);
          let newest = first;
          expect(unwrapper.unwrap(first)).toBe(first);
          for (const [i, rise] of rises.entries()) {
            newest += rise;
            expect(unwrapper.unwrap(wrap(newest, range))).toBe(newest);
            const late = newest - (back[i] ?? 0);
            expect(unwrapper.unwrap(wrap(late, range))).toBe(late);
          }
        }),
      );
    },
  );

  it('near does not move what comes later is measured from', () => {
    const unwrapper = new Unwrapper(16);
    unwrapper.unwrap(10);
    expect(unwrapper.near(30000)).toBe(30000);
    expect(unwrapper.unwrap(60000)).toBe(60000 - 65536); // from 10, not from 30000
  });

  it('near fixes the start where it comes first', () => {
    const unwrapper = new Unwrapper(32);
    expect(unwrapper.near(2 ** 32 - 6)).toBe(2 ** 32 - 6);
    expect(unwrapper.unwrap(5)).toBe(2 ** 32 + 5);
  });
});
