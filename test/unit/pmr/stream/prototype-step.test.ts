import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { prototypeRate, steppedPrototype } from '../../../../src/pmr/stream/prototype-step.ts';
import { STREAM } from '../../../../src/pmr/stream/settings.ts';

const walk = (points: readonly number[]): number =>
  points.reduce<Float64Array>(
    (centre, z, i) => steppedPrototype(centre, [z], i, STREAM),
    Float64Array.of(99), // the first step leaves nothing of it
  )[0] ?? Number.NaN;

describe('prototypeRate', () => {
  it.each([
    [0, 1],
    [1, 1 / 2],
    [18, 1 / 19],
    [19, 0.05],
    [500, 0.05],
  ])('after %i representations is %d', (seen, eta) => {
    expect(prototypeRate(seen, STREAM)).toBe(eta);
  });
});

describe('steppedPrototype', () => {
  it('is the mean of the first twenty', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (points) => {
          expect(walk(points)).toBeCloseTo(points.reduce((sum, z) => sum + z, 0) / points.length, 9);
        },
      ),
    );
  });

  it('then forgets: twenty steps leave 0.95 to the twentieth of what was', () => {
    const points = [...Array.from({ length: 20 }, () => 1), ...Array.from({ length: 20 }, () => 0)];
    expect(walk(points)).toBeCloseTo(0.95 ** 20, 9);
  });

  it('leaves its argument, and rejects a foreign width with ERR_PROTOTYPE_WIDTH', () => {
    const centre = Float64Array.of(1, 2);
    expect([...steppedPrototype(centre, [3, 4], 1, STREAM)]).toEqual([2, 3]);
    expect([...centre]).toEqual([1, 2]);
    expect(() => steppedPrototype(centre, [1], 0, STREAM)).toThrow(
      expect.objectContaining({ code: 'ERR_PROTOTYPE_WIDTH' }),
    );
  });
});
