import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BoxAverage, type SourcePlane } from '../../../src/features/box-average.ts';

const edge = (i: number, size: number): number => Math.floor((i * size) / 96);

/** Pixel by pixel, from the definition. */
function means({ data, offset, stride, width, height, step }: SourcePlane): Float32Array {
  return Float32Array.from({ length: 96 * 96 }, (_, i) => {
    const [ox, oy] = [i % 96, Math.floor(i / 96)];
    const [left, top] = [edge(ox, width), edge(oy, height)];
    const [right, bottom] = [
      Math.max(left + 1, edge(ox + 1, width)),
      Math.max(top + 1, edge(oy + 1, height)),
    ];
    let sum = 0;
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) sum += data[offset + y * stride + x * step] ?? Number.NaN;
    return sum / ((right - left) * (bottom - top));
  });
}

type Shape = { width: number; height: number; padding: number; offset: number; step: number; seed: number };

function noise({ width, height, padding, offset, step, seed }: Shape): SourcePlane {
  const stride = width * step + padding;
  const data = Uint8Array.from({ length: offset + stride * height }, (_, i) => (i * i * 31 + seed * i) >> 3);
  return { data, offset, stride, width, height, step };
}

describe('BoxAverage', () => {
  const shape = fc.record({
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 300 }),
    padding: fc.integer({ min: 0, max: 5 }),
    offset: fc.integer({ min: 0, max: 5 }),
    step: fc.constantFrom(1, 4),
    seed: fc.nat(255),
  });
  const boxes = new BoxAverage();
  const out = new Float32Array(96 * 96);

  it('gives each output pixel the mean of those under it, whatever came before (law)', () => {
    fc.assert(
      fc.property(shape, (one) => {
        const plane = noise(one);
        boxes.average(plane, out);
        expect(out).toEqual(means(plane));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['words', { width: 320, height: 240, padding: 0, offset: 0, step: 1, seed: 3 }],
    ['words behind padding', { width: 160, height: 120, padding: 8, offset: 4, step: 1, seed: 5 }],
    ['bytes', { width: 162, height: 121, padding: 0, offset: 0, step: 1, seed: 7 }],
    ['rows off the words', { width: 320, height: 240, padding: 2, offset: 0, step: 1, seed: 9 }],
    ['more rows than a lane holds', { width: 96, height: 96 * 258, padding: 0, offset: 0, step: 1, seed: 1 }],
  ])('reads %s alike', (_, one) => {
    const plane = noise(one);
    boxes.average(plane, out);
    expect(out).toEqual(means(plane));
  });

  it('adds up 257 white rows without an overflow', () => {
    const height = 96 * 257;
    const plane = { ...noise({ width: 96, height, padding: 0, offset: 0, step: 1, seed: 0 }) };
    plane.data.fill(255);
    boxes.average(plane, out);
    expect(new Set(out)).toEqual(new Set([255]));
  });
});
