/**
 * The digits 0 to 9 as pen strokes: a few ways of writing each, as people do, and no font.
 *
 * Points are [x, y] in a unit box, y downwards; a stroke is a run of points joined by straight lines, close enough
 * together that a bent one looks round.
 */
export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];
/** One way of writing a digit. */
export type Style = readonly Stroke[];

const ARC_STEP = 15; // degrees
const CURVE_STEPS = 6; // between two knots

/** Part of an ellipse; degrees clockwise from three o'clock. */
function arc([x, y]: Point, [wide, high]: Point, from: number, to: number): Stroke {
  const steps = Math.max(1, Math.ceil(Math.abs(to - from) / ARC_STEP));
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [x + wide * Math.cos(angle), y + high * Math.sin(angle)];
  });
}

const line = (...points: readonly Point[]): Stroke => points;
const joined = (...parts: readonly Stroke[]): Stroke => parts.flat();

function between(a: number, b: number, c: number, d: number, t: number): number {
  const rise = c - a;
  const bend = 2 * a - 5 * b + 4 * c - d;
  const twist = 3 * (b - c) + d - a;
  return (2 * b + t * (rise + t * (bend + t * twist))) / 2;
}

/** A smooth line through the knots (Catmull and Rom, 1974). */
function curve(...knots: readonly Point[]): Stroke {
  const points: Point[] = [];
  for (let i = 0; i + 1 < knots.length; i++) {
    const b = knots[i]!;
    const c = knots[i + 1]!;
    const a = knots[i - 1] ?? b;
    const d = knots[i + 2] ?? c;
    for (let step = 0; step < CURVE_STEPS; step++) {
      const t = step / CURVE_STEPS;
      points.push([between(a[0], b[0], c[0], d[0], t), between(a[1], b[1], c[1], d[1], t)]);
    }
  }
  return [...points, ...knots.slice(-1)];
}

/** By digit: its styles. */
export const STYLES: readonly (readonly Style[])[] = [
  [
    [arc([0.5, 0.5], [0.26, 0.38], -90, 270)],
    [arc([0.5, 0.5], [0.18, 0.38], -70, 290)],
    [arc([0.5, 0.5], [0.3, 0.36], -110, 230)],
    [arc([0.5, 0.5], [0.25, 0.38], -90, 270), line([0.34, 0.74], [0.66, 0.26])],
  ],
  [
    [line([0.5, 0.12], [0.5, 0.88])],
    [line([0.36, 0.28], [0.53, 0.12], [0.53, 0.88])],
    [line([0.34, 0.3], [0.52, 0.12], [0.52, 0.88]), line([0.34, 0.88], [0.7, 0.88])],
  ],
  [
    [joined(arc([0.5, 0.34], [0.24, 0.22], -170, 40), line([0.26, 0.88], [0.76, 0.88]))],
    [
      curve([0.28, 0.3], [0.42, 0.13], [0.66, 0.18], [0.68, 0.4], [0.46, 0.66], [0.25, 0.87]),
      line([0.25, 0.87], [0.77, 0.86]),
    ],
    [
      curve(
        [0.3, 0.28],
        [0.5, 0.12],
        [0.7, 0.3],
        [0.52, 0.6],
        [0.3, 0.84],
        [0.26, 0.7],
        [0.44, 0.74],
        [0.6, 0.88],
        [0.78, 0.82],
      ),
    ],
  ],
  [
    [arc([0.46, 0.31], [0.24, 0.19], -150, 90), arc([0.46, 0.69], [0.28, 0.2], -90, 150)],
    [
      line([0.28, 0.13], [0.7, 0.13], [0.46, 0.43]),
      curve([0.46, 0.43], [0.7, 0.5], [0.72, 0.74], [0.5, 0.88], [0.26, 0.8]),
    ],
    [curve([0.28, 0.2], [0.52, 0.11], [0.68, 0.26], [0.42, 0.47], [0.74, 0.66], [0.56, 0.88], [0.25, 0.8])],
  ],
  [
    [line([0.62, 0.88], [0.62, 0.12], [0.24, 0.64], [0.8, 0.64])],
    [line([0.32, 0.12], [0.28, 0.54], [0.74, 0.54]), line([0.66, 0.2], [0.64, 0.88])],
    [
      curve([0.4, 0.12], [0.32, 0.4], [0.26, 0.6]),
      line([0.26, 0.6], [0.78, 0.58]),
      line([0.6, 0.4], [0.58, 0.9]),
    ],
  ],
  [
    [joined(line([0.72, 0.13], [0.34, 0.13], [0.3, 0.46]), arc([0.47, 0.65], [0.26, 0.23], -130, 140))],
    [
      line([0.72, 0.14], [0.36, 0.14]),
      curve([0.36, 0.14], [0.33, 0.44], [0.6, 0.44], [0.74, 0.64], [0.58, 0.86], [0.27, 0.82]),
    ],
    [
      curve(
        [0.74, 0.16],
        [0.44, 0.12],
        [0.34, 0.28],
        [0.46, 0.44],
        [0.68, 0.56],
        [0.66, 0.8],
        [0.44, 0.89],
        [0.26, 0.78],
      ),
    ],
  ],
  [
    [
      curve(
        [0.68, 0.14],
        [0.42, 0.26],
        [0.28, 0.56],
        [0.34, 0.82],
        [0.56, 0.88],
        [0.72, 0.7],
        [0.56, 0.52],
        [0.34, 0.62],
      ),
    ],
    [joined(line([0.58, 0.1], [0.3, 0.56]), arc([0.5, 0.67], [0.22, 0.21], 200, 560))],
    [curve([0.42, 0.1], [0.32, 0.44], [0.34, 0.76], [0.5, 0.89], [0.68, 0.74], [0.56, 0.56], [0.36, 0.66])],
  ],
  [
    [line([0.26, 0.14], [0.74, 0.14], [0.42, 0.88])],
    [line([0.26, 0.14], [0.74, 0.14], [0.44, 0.88]), line([0.38, 0.5], [0.72, 0.5])],
    [line([0.27, 0.26], [0.27, 0.14]), curve([0.27, 0.14], [0.74, 0.14], [0.56, 0.46], [0.48, 0.88])],
  ],
  [
    [arc([0.5, 0.31], [0.2, 0.19], 90, 450), arc([0.5, 0.69], [0.25, 0.2], -90, 270)],
    [
      curve(
        [0.66, 0.2],
        [0.46, 0.11],
        [0.34, 0.28],
        [0.5, 0.46],
        [0.7, 0.66],
        [0.52, 0.89],
        [0.3, 0.7],
        [0.5, 0.48],
        [0.68, 0.3],
        [0.64, 0.18],
      ),
    ],
    [arc([0.5, 0.32], [0.17, 0.2], 60, 420), arc([0.5, 0.7], [0.19, 0.19], -80, 280)],
  ],
  [
    [arc([0.48, 0.33], [0.22, 0.21], 0, 360), line([0.7, 0.33], [0.66, 0.88])],
    [
      curve(
        [0.7, 0.28],
        [0.5, 0.12],
        [0.3, 0.3],
        [0.42, 0.5],
        [0.66, 0.42],
        [0.71, 0.28],
        [0.7, 0.6],
        [0.56, 0.86],
        [0.34, 0.84],
      ),
    ],
    [arc([0.48, 0.34], [0.2, 0.22], -20, 330), curve([0.68, 0.24], [0.66, 0.56], [0.46, 0.9])],
  ],
];
