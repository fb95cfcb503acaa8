/**
 * Pen strokes to gray pictures of 28 x 28: thickness, slant, affine and elastic distortion and noise, all drawn from one
 * seeded source. Gray levels in [0, 1], row by row.
 */
import type { Random } from '../../../../src/random.ts';
import { type Point, STYLES, type Stroke } from './strokes.ts';

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;

/** How far digits are from their styles. Deviations are of normal draws, ranges of uniform ones; lengths in parts of the box. */
export type Distortion = {
  /** Deviation of each knot of a stroke's displacement, smooth over the box. */
  readonly elastic: number;
  /** Largest turn, in degrees, either way. */
  readonly turn: number;
  /** Largest slant: how far the top moves sideways against the bottom. */
  readonly slant: number;
  /** Smallest and largest size in each direction. */
  readonly scale: readonly [number, number];
  /** Largest shift in each direction. */
  readonly shift: number;
  /** Thinnest and thickest pen. */
  readonly pen: readonly [number, number];
  /** Palest and darkest ink, in gray levels. */
  readonly ink: readonly [number, number];
  /** Deviation of each pixel's noise, in gray levels. */
  readonly noise: number;
};

export const DISTORTION: Distortion = {
  elastic: 0.035,
  turn: 25,
  slant: 0.3,
  scale: [0.7, 1.05],
  shift: 0.09,
  pen: [0.05, 0.13],
  ink: [0.7, 1],
  noise: 0.05,
};

const GRID = 4; // cells of the elastic displacement in each direction
const CORNERS = GRID + 1;

type Bend = (point: Point) => Point;

const within = (source: Random, [from, to]: readonly [number, number]): number =>
  from + (to - from) * source.uniform();
const around = (source: Random, most: number): number => within(source, [-most, most]);

/** Displacement that is independent on the corners of a coarse grid and linear between them. */
function elastic(source: Random, deviation: number): Bend {
  const moves = Array.from({ length: 2 * CORNERS ** 2 }, () => deviation * source.normal());
  const at = (column: number, row: number, axis: 0 | 1): number =>
    moves[2 * (row * CORNERS + column) + axis]!;
  return ([x, y]) => {
    const column = Math.min(GRID - 1, Math.max(0, Math.floor(x * GRID)));
    const row = Math.min(GRID - 1, Math.max(0, Math.floor(y * GRID)));
    const [u, v] = [x * GRID - column, y * GRID - row];
    const move = (axis: 0 | 1): number =>
      (1 - v) * ((1 - u) * at(column, row, axis) + u * at(column + 1, row, axis)) +
      v * ((1 - u) * at(column, row + 1, axis) + u * at(column + 1, row + 1, axis));
    return [x + move(0), y + move(1)];
  };
}

/** Size, slant, turn and shift about the box's centre. */
function affine(source: Random, { scale, slant, turn, shift }: Distortion): Bend {
  const [wide, high] = [within(source, scale), within(source, scale)];
  const lean = around(source, slant);
  const angle = (around(source, turn) * Math.PI) / 180;
  const [right, down] = [around(source, shift), around(source, shift)];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return ([x, y]) => {
    const v = (y - 0.5) * high;
    const u = (x - 0.5) * wide - lean * v;
    return [0.5 + cos * u - sin * v + right, 0.5 + sin * u + cos * v + down];
  };
}

/** Square of the distance of (x, y) to the line between two points. */
function squareToLine(x: number, y: number, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
  return (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2;
}

/** Lays one line between two points over the picture of least squared distances, within `reach` of it. */
function lay(nearest: Float32Array, from: Point, to: Point, reach: number): void {
  const low = (a: number, b: number): number => Math.max(0, Math.floor(Math.min(a, b) - reach));
  const high = (a: number, b: number): number => Math.min(SIDE - 1, Math.ceil(Math.max(a, b) + reach));
  for (let row = low(from[1], to[1]); row <= high(from[1], to[1]); row++) {
    for (let column = low(from[0], to[0]); column <= high(from[0], to[0]); column++) {
      const square = squareToLine(column + 0.5, row + 0.5, from, to);
      const at = row * SIDE + column;
      if (square < nearest[at]!) nearest[at] = square;
    }
  }
}

/** Coverage of each pixel by a pen of `width` pixels that follows the strokes; edges fall over one pixel. */
export function inked(strokes: readonly Stroke[], width: number): Float32Array {
  const nearest = new Float32Array(PIXELS).fill(Number.POSITIVE_INFINITY);
  for (const stroke of strokes) {
    const pixels = stroke.map(([x, y]): Point => [x * SIDE, y * SIDE]);
    for (let i = 0; i + 1 < pixels.length; i++) lay(nearest, pixels[i]!, pixels[i + 1]!, width / 2 + 1);
  }
  return nearest.map((square) => Math.min(1, Math.max(0, 0.5 + width / 2 - Math.sqrt(square))));
}

/** One picture of `digit`, in one of its styles. */
export function renderDigit(
  digit: number,
  source: Random,
  distortion: Distortion = DISTORTION,
): Float32Array {
  const styles = STYLES[digit] ?? [];
  const style = styles[source.integer(styles.length)] ?? [];
  const bend = elastic(source, distortion.elastic);
  const place = affine(source, distortion);
  const strokes = style.map((stroke) => stroke.map((point) => place(bend(point))));
  const picture = inked(strokes, within(source, distortion.pen) * SIDE);
  const ink = within(source, distortion.ink);
  return picture.map((covered) =>
    Math.min(1, Math.max(0, covered * ink + distortion.noise * source.normal())),
  );
}
