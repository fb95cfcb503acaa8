/** Distances to outlines: how shapes are drawn sharp at any size. */
import type { Distance } from './raster.ts';

/** Corners in order, x and y by turns; no outline crosses itself. */
export type Corners = readonly number[];

/** Exact distance to a polygon; inside where a ray to the right crosses its edges an odd number of times. */
export function polygon(corners: Corners): Distance {
  const edges = corners.length / 2;
  const xs = Float64Array.from({ length: edges }, (_, i) => corners[2 * i]!);
  const ys = Float64Array.from({ length: edges }, (_, i) => corners[2 * i + 1]!);
  const wide = xs.map((x, i) => xs[(i + 1) % edges]! - x);
  const high = ys.map((y, i) => ys[(i + 1) % edges]! - y);
  const share = wide.map((dx, i) => 1 / Math.max(1e-12, dx * dx + high[i]! * high[i]!));
  return (x, y) => {
    let nearest = Infinity;
    let outside = true;
    for (let i = 0; i < edges; i++) {
      const dx = x - xs[i]!;
      const dy = y - ys[i]!;
      const ex = wide[i]!;
      const ey = high[i]!;
      const run = (dx * ex + dy * ey) * share[i]!;
      const t = Math.max(0, Math.min(1, run));
      const rx = dx - ex * t;
      const ry = dy - ey * t;
      const squared = rx * rx + ry * ry;
      if (squared < nearest) nearest = squared;
      if (dy < 0 !== dy < ey && dx < (ex * dy) / ey) outside = !outside;
    }
    const length = Math.sqrt(nearest);
    return outside ? length : -length;
  };
}

/** Distance to the nearest of some straight strokes, less half their width. @param segments x and y of start and end, by turns */
export function strokes(segments: Corners, halfWidth: number): Distance {
  const count = segments.length / 4;
  const from = Float64Array.from({ length: 2 * count }, (_, i) => segments[4 * (i >> 1) + (i & 1)]!);
  const along = Float64Array.from(from, (start, i) => segments[4 * (i >> 1) + 2 + (i & 1)]! - start);
  const share = Float64Array.from({ length: count }, (_, i) => {
    return 1 / Math.max(1e-12, along[2 * i]! ** 2 + along[2 * i + 1]! ** 2);
  });
  return (x, y) => {
    let nearest = Infinity;
    for (let i = 0; i < count; i++) {
      const dx = x - from[2 * i]!;
      const dy = y - from[2 * i + 1]!;
      const ex = along[2 * i]!;
      const ey = along[2 * i + 1]!;
      const run = (dx * ex + dy * ey) * share[i]!;
      const t = Math.max(0, Math.min(1, run));
      const rx = dx - ex * t;
      const ry = dy - ey * t;
      const squared = rx * rx + ry * ry;
      if (squared < nearest) nearest = squared;
    }
    return Math.sqrt(nearest) - halfWidth;
  };
}

export const disc: Distance = (x, y) => Math.sqrt(x * x + y * y) - 1;

/** A band of this half width along the outline. */
export function outlined(distance: Distance, halfWidth: number): Distance {
  return (x, y) => Math.abs(distance(x, y) + halfWidth) - halfWidth;
}

/** What is in the one but not in the other. */
export function without(one: Distance, other: Distance): Distance {
  return (x, y) => Math.max(one(x, y), -other(x, y));
}

export function moved(distance: Distance, dx: number, dy: number): Distance {
  return (x, y) => distance(x - dx, y - dy);
}

/** Corners of a regular polygon or, with an inner radius below 1, of a star; the first points up. */
export function starCorners(points: number, inner: number): Corners {
  const count = inner < 1 ? 2 * points : points;
  return Array.from({ length: 2 * count }, (_, i) => {
    const corner = i >> 1;
    const radius = inner < 1 && corner % 2 === 1 ? inner : 1;
    const angle = (2 * Math.PI * corner) / count - Math.PI / 2;
    return radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
}

export function boxCorners(wide: number, high: number): Corners {
  return [-wide, -high, wide, -high, wide, high, -wide, high];
}
