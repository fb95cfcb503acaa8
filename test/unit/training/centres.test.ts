import { describe, expect, it } from 'vitest';

import { REPRESENTATION_WIDTH } from '../../../src/model/encoders.ts';
import { matrixOf, zeros } from '../../../src/pmr/matrix.ts';
import { MovingCentres, type Taught } from '../../../src/training/centres.ts';

/** One-hot representations: sample i is `values[i]` in its first place. */
function taught(values: readonly number[], columns: readonly number[]): Taught {
  const z = zeros(values.length, REPRESENTATION_WIDTH);
  values.forEach((value, i) => {
    z.values[i * REPRESENTATION_WIDTH] = value;
  });
  return { z, columns };
}
const first = (centres: MovingCentres, column: number): number =>
  centres.current.values[column * REPRESENTATION_WIDTH] ?? Number.NaN;

describe('MovingCentres', () => {
  it('starts a class at its mean, whatever the rule', () => {
    for (const rule of ['batch-means', 'windowed'] as const) {
      const centres = new MovingCentres(3, rule);
      centres.update(taught([2, 4, 9], [0, 0, 2]));
      expect([...centres.current.seen]).toEqual([1, 0, 1]);
      expect([first(centres, 0), first(centres, 2)]).toEqual([3, 9]);
    }
  });

  it('then keeps nine tenths of it a batch, or moves by each sample', () => {
    const means = new MovingCentres(1, 'batch-means');
    const windowed = new MovingCentres(1, 'windowed');
    for (const centres of [means, windowed]) {
      centres.update(taught([2, 4], [0, 0]));
      centres.update(taught([9], [0]));
    }
    expect(first(means, 0)).toBeCloseTo(0.9 * 3 + 0.1 * 9, 5);
    expect(first(windowed, 0)).toBeCloseTo((2 + 4 + 9) / 3, 5);
  });

  it('is as wide as the representations', () => {
    const centres = new MovingCentres(2, 'batch-means', 3);
    centres.update({ z: matrixOf([[1, 2, 3]], 3), columns: [1] });
    expect([...centres.current.values]).toEqual([0, 0, 0, 1, 2, 3]);
  });

  it('follows the scale of distances once there are prototypes', () => {
    const centres = new MovingCentres(2, 'windowed');
    centres.update(taught([0, 8], [0, 1]));
    expect(centres.tau).toBe(1);
    centres.update(taught([0], [0])); // 0 and 8 away
    expect(centres.tau).toBe(4 / 4);
    centres.update(taught([8], [1]));
    expect(centres.tau).toBe((0.99 * 4 + 0.01 * 4) / 4);
  });
});
