/** Shapes as stencils: how much of each point they cover, drawn once for an instance and looked up for every picture. */

export const STENCIL_SIZE = 160;

/** [160, 160] in [0, 1] over -1.1..1.1 both ways, or one period of a pattern that goes on for ever. */
export type Stencil = { readonly values: Float32Array; readonly repeats: boolean };

const REACH = 1.1;
const UNIT = STENCIL_SIZE / (2 * REACH);

export type Point = readonly [x: number, y: number];

/** Lines of one width through points; coordinates in -1..1. */
export function strokes(lines: readonly (readonly Point[])[], width: number): Stencil {
  const values = new Float32Array(STENCIL_SIZE ** 2);
  for (const line of lines)
    for (let i = 1; i < line.length; i++) {
      const [from, to] = [line[i - 1], line[i]];
      if (from && to) stroke(values, from, to, width);
    }
  return { values, repeats: false };
}

function stroke(values: Float32Array, from: Point, to: Point, width: number): void {
  const [ax, ay, bx, by] = [...from, ...to].map((v) => (v + REACH) * UNIT) as [
    number,
    number,
    number,
    number,
  ];
  const half = (width * UNIT) / 2;
  const [dx, dy] = [bx - ax, by - ay];
  const length = Math.max(1e-9, dx * dx + dy * dy);
  const low = (a: number, b: number): number => Math.max(0, Math.floor(Math.min(a, b) - half - 1));
  const high = (a: number, b: number): number =>
    Math.min(STENCIL_SIZE - 1, Math.ceil(Math.max(a, b) + half + 1));
  for (let y = low(ay, by); y <= high(ay, by); y++)
    for (let x = low(ax, bx); x <= high(ax, bx); x++) {
      const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
      const away = Math.hypot(x - ax - along * dx, y - ay - along * dy);
      const at = y * STENCIL_SIZE + x;
      values[at] = Math.max(values[at]!, Math.min(1, Math.max(0, half - away + 0.5)));
    }
}

const FINE = 2;

/** What a function covers: of -1.1..1.1, or where it repeats of the period 0..1. Four points a cell. */
export function covered(inside: (x: number, y: number) => number, repeats: boolean): Stencil {
  const values = new Float32Array(STENCIL_SIZE ** 2);
  const place = (i: number): number => {
    const share = (i + 0.5) / (FINE * STENCIL_SIZE);
    return repeats ? share : (2 * share - 1) * REACH;
  };
  for (let y = 0; y < FINE * STENCIL_SIZE; y++)
    for (let x = 0; x < FINE * STENCIL_SIZE; x++) {
      const at = Math.floor(y / FINE) * STENCIL_SIZE + Math.floor(x / FINE);
      values[at] = values[at]! + inside(place(x), place(y)) / FINE ** 2;
    }
  return { values, repeats };
}

/** Scales points so that the farthest lies at distance 1 of their middle. */
export function fitted(lines: readonly (readonly Point[])[]): readonly (readonly Point[])[] {
  const all = lines.flat();
  const bound = (pick: (a: number, b: number) => number, axis: 0 | 1): number =>
    all.reduce((best, point) => pick(best, point[axis]), all[0]?.[axis] ?? 0);
  const middle = ([0, 1] as const).map((axis) => (bound(Math.min, axis) + bound(Math.max, axis)) / 2);
  const [mx = 0, my = 0] = middle;
  const reach = all.reduce((far, [x, y]) => Math.max(far, Math.hypot(x - mx, y - my)), 1e-9);
  return lines.map((line) => line.map(([x, y]): Point => [(x - mx) / reach, (y - my) / reach]));
}

const wrapped = (v: number): number => ((v % STENCIL_SIZE) + STENCIL_SIZE) % STENCIL_SIZE;

/** Coverage at a point in the shape's own coordinates. */
export function coverAt({ values, repeats }: Stencil, x: number, y: number): number {
  const px = (repeats ? x * STENCIL_SIZE : (x + REACH) * UNIT) - 0.5;
  const py = (repeats ? y * STENCIL_SIZE : (y + REACH) * UNIT) - 0.5;
  let left = Math.floor(px);
  let top = Math.floor(py);
  const sx = px - left;
  const sy = py - top;
  // What does not repeat ends before the edge of its stencil.
  if (repeats) [left, top] = [wrapped(left), wrapped(top)];
  else if (left < 0 || top < 0 || left >= STENCIL_SIZE - 1 || top >= STENCIL_SIZE - 1) return 0;
  const right = left === STENCIL_SIZE - 1 ? 0 : left + 1;
  const upper = top * STENCIL_SIZE;
  const lower = top === STENCIL_SIZE - 1 ? 0 : upper + STENCIL_SIZE;
  const above = values[upper + left]! * (1 - sx) + values[upper + right]! * sx;
  const below = values[lower + left]! * (1 - sx) + values[lower + right]! * sx;
  return above * (1 - sy) + below * sy;
}
