import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Affine,
  chain,
  IDENTITY,
  inverse,
  magnification,
  rotation,
  scaling,
  shearing,
  translation,
} from '../../../../src/pretraining/pictures/affine.ts';

const at = ([a, b, c, d, e, f]: Affine, x: number, y: number): number[] => [
  a * x + b * y + c,
  d * x + e * y + f,
];

describe('chain', () => {
  it('does the last map first', () => {
    expect(at(chain(translation(1, 0), scaling(2)), 3, 4)).toEqual([2 * 3 + 1, 2 * 4]);
    expect(at(chain(scaling(2), translation(1, 0)), 3, 4)).toEqual([2 * (3 + 1), 2 * 4]);
    expect(chain()).toEqual(IDENTITY);
  });
});

describe('rotation', () => {
  it('turns clockwise where y points down: from right to below', () => {
    const [x, y] = at(rotation(Math.PI / 2), 1, 0);
    expect(x).toBeCloseTo(0, 12);
    expect(y).toBeCloseTo(1, 12);
  });
});

describe('shearing', () => {
  it('moves what lies lower to the right', () => {
    expect(at(shearing(0.5), 0, 1)).toEqual([0.5, 1]);
  });
});

describe('inverse', () => {
  it('undoes the map', () => {
    const number = fc.double({ min: -2, max: 2, noNaN: true });
    const size = fc.double({ min: 0.1, max: 3, noNaN: true });
    fc.assert(
      fc.property(number, number, number, size, size, (x, y, angle, wide, high) => {
        const map = chain(translation(x, y), rotation(angle), scaling(wide, high), shearing(y));
        const back = at(chain(inverse(map), map), 0.3, -0.7);
        expect(back[0]).toBeCloseTo(0.3, 9);
        expect(back[1]).toBeCloseTo(-0.7, 9);
      }),
    );
  });
});

describe('magnification', () => {
  it('is the mean growth of a length', () => {
    expect(magnification(chain(rotation(1), scaling(2, 8)))).toBeCloseTo(Math.sqrt(2 * 8), 12);
  });
});
