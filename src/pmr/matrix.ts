/** Rows of numbers in one float64 array, row by row. */
import { ShapeError } from '../errors.ts';

export type Matrix = { readonly rows: number; readonly columns: number; readonly values: Float64Array };

/** A matrix of zeros. */
export function zeros(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(rows * columns) };
}

/**
 * Copies rows of equal length.
 *
 * @throws {ShapeError} ERR_SHAPE if a row is of another length than `columns`.
 */
export function matrixOf(rows: readonly ArrayLike<number>[], columns: number): Matrix {
  const matrix = zeros(rows.length, columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      throw new ShapeError('ERR_SHAPE', `row ${i} has ${row.length} columns, ${columns} expected`);
    }
    matrix.values.set(Array.from(row), i * columns);
  });
  return matrix;
}

/** A view of one row; writing to it writes to the matrix. */
export function rowOf({ columns, values }: Matrix, row: number): Float64Array {
  return values.subarray(row * columns, (row + 1) * columns);
}

/** Row by row, as nested arrays. */
export function rowsOf(matrix: Matrix): number[][] {
  return Array.from({ length: matrix.rows }, (_, i) => [...rowOf(matrix, i)]);
}
