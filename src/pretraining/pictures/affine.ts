/** Affine maps of the plane; x to the right, y down, as in a picture. */

/** `x' = a x + b y + c`, `y' = d x + e y + f`, in the order a, b, c, d, e, f. */
export type Affine = readonly [number, number, number, number, number, number];

export const IDENTITY: Affine = [1, 0, 0, 0, 1, 0];

export function translation(x: number, y: number): Affine {
  return [1, 0, x, 0, 1, y];
}

export function scaling(x: number, y = x): Affine {
  return [x, 0, 0, 0, y, 0];
}

/** Clockwise as seen on the picture, because y points down. */
export function rotation(radians: number): Affine {
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return [cos, -sin, 0, sin, cos, 0];
}

/** Moves what lies lower to the right. */
export function shearing(amount: number): Affine {
  return [1, amount, 0, 0, 1, 0];
}

/** The map that does the last of `maps` first, as in a matrix product. */
export function chain(...maps: readonly Affine[]): Affine {
  return maps.reduce(
    ([a, b, c, d, e, f], [g, h, i, j, k, l]): Affine => [
      a * g + b * j,
      a * h + b * k,
      a * i + b * l + c,
      d * g + e * j,
      d * h + e * k,
      d * i + e * l + f,
    ],
    IDENTITY,
  );
}

/** The way back. The map must not be flat. */
export function inverse([a, b, c, d, e, f]: Affine): Affine {
  const scale = 1 / (a * e - b * d);
  return [e * scale, -b * scale, (b * f - c * e) * scale, -d * scale, a * scale, (c * d - a * f) * scale];
}

/** How much longer a length becomes, on average over the directions. */
export function magnification([a, b, , d, e]: Affine): number {
  return Math.sqrt(Math.abs(a * e - b * d));
}
