import { describe, expect, it } from 'vitest';

import { relativeError } from '../../../../server/compute/graph/compile.ts';

describe('relativeError', () => {
  it('is the root mean square of the difference over that of the first', () => {
    expect(relativeError([3, 4], [3, 4])).toBe(0);
    expect(relativeError([3, 4], [3, 5])).toBeCloseTo(1 / Math.sqrt(3 * 3 + 4 * 4), 6);
  });

  it('is NaN where a value is not finite or the sizes differ, so that no tolerance accepts it', () => {
    expect(relativeError([1, 2], [1, Number.NaN])).toBeNaN();
    expect(relativeError([1, 2], [1])).toBeNaN();
  });

  it('is finite for zeros', () => {
    expect(relativeError([0, 0], [0, 0])).toBe(0);
    expect(relativeError([0], [1])).toBeGreaterThan(1);
  });
});
