import { describe, expect, it } from 'vitest';

import { matrixOf, rowOf, rowsOf } from '../../../src/pmr/matrix.ts';

describe('matrixOf', () => {
  it('keeps rows, and rowOf is a view of one', () => {
    const matrix = matrixOf(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      2,
    );
    expect(rowsOf(matrix)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    rowOf(matrix, 1)[0] = 9;
    expect(rowsOf(matrix)[1]).toEqual([9, 4]);
  });

  it('refuses a row of another length with ERR_SHAPE', () => {
    expect(() => matrixOf([[1, 2], [3]], 2)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});
