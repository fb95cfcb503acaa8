/** Mazes and tilings: patterns that go on for ever. */
import type { Random } from '../../../../../src/random.ts';
import { within } from '../draws.ts';
import { covered, type Stencil } from './stencil.ts';

export const TILING_NAMES = ['maze', 'arcs', 'hexagons', 'bricks'] as const;
export type TilingName = (typeof TILING_NAMES)[number];

const CELLS = 4; // of a period, in both directions
const wrap = (value: number, size: number): number => ((value % size) + size) % size;

type Pattern = (x: number, y: number) => number;
const ink = (distance: number, half: number): number => (Math.abs(distance) < half ? 1 : 0);

/** Calls a pattern with the place in its cell, and whether a coin fell on heads there. */
function byCell(draw: Random, of: (x: number, y: number, heads: boolean) => number): Pattern {
  const heads = Array.from({ length: CELLS * CELLS }, () => draw.uniform() < 0.5);
  return (x, y) => {
    const [cx, cy] = [Math.floor(x * CELLS), Math.floor(y * CELLS)];
    return of(x * CELLS - cx, y * CELLS - cy, heads[wrap(cy, CELLS) * CELLS + wrap(cx, CELLS)] ?? false);
  };
}

/** Diagonals that lean one way or the other, cell by cell. */
const maze = (draw: Random, half: number): Pattern =>
  byCell(draw, (x, y, heads) => ink((heads ? x - y : x + y - 1) / Math.SQRT2, half));

/** Truchet's quarter circles. */
const arcs = (draw: Random, half: number): Pattern =>
  byCell(draw, (x, y, heads) => {
    const across = heads ? x : 1 - x;
    const near = Math.min(Math.hypot(across, y), Math.hypot(1 - across, 1 - y));
    const far = Math.max(
      ink(Math.hypot(across, y) - 0.5, half),
      ink(Math.hypot(1 - across, 1 - y) - 0.5, half),
    );
    return near < 1 ? far : 0;
  });

/** Honeycomb: borders lie where two centres are equally near. Rows are squeezed a little, so that it fits a square. */
function hexagons(half: number): Pattern {
  const centres = Array.from({ length: (CELLS + 2) * (CELLS + 2) }, (_, i) => {
    const [column, row] = [(i % (CELLS + 2)) - 1, Math.floor(i / (CELLS + 2)) - 1];
    return [column + (wrap(row, 2) === 0 ? 0.25 : 0.75), row + 0.5] as const;
  });
  return (x, y) => {
    let [first, second] = [9, 9];
    for (const [cx, cy] of centres) {
      const away = Math.hypot(x * CELLS - cx, y * CELLS - cy);
      if (away < first) [first, second] = [away, first];
      else if (away < second) second = away;
    }
    return second - first < 1.6 * half ? 1 : 0;
  };
}

/** A wall: every second row moved by half a brick. */
const bricks =
  (half: number): Pattern =>
  (x, y) => {
    const row = Math.floor(y * CELLS);
    const along = wrap(x * (CELLS / 2) + (row % 2) / 2, 1) * 2;
    const joint = Math.min(along, 2 - along);
    const bed = Math.min(y * CELLS - row, 1 - (y * CELLS - row));
    return joint < half || bed < half ? 1 : 0;
  };

export function tiling(name: TilingName, draw: Random): Stencil {
  const half = within(draw, [0.1, 0.16]);
  const pattern = { maze, arcs, hexagons: () => hexagons(half), bricks: () => bricks(half) }[name];
  return covered(pattern(draw, half), true);
}
