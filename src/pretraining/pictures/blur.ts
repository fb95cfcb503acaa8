/** Softening, in place. */
import type { Raster } from './raster.ts';

/** Smooths runs of numbers `stride` apart with weights 1, 2, 1; the ends weigh themselves twice. */
function smooth(values: Float32Array, first: number, count: number, stride: number): void {
  const last = first + (count - 1) * stride;
  let before = values[first]!;
  let here = before;
  for (let at = first; at < last; at += stride) {
    const after = values[at + stride]!;
    values[at] = (before + 2 * here + after) / 4;
    before = here;
    here = after;
  }
  values[last] = (before + 3 * here) / 4;
}

/** Binomial blur: each pass adds half a pixel of variance both ways. */
export function blur({ rgb, width, height }: Raster, passes: number): void {
  const row = width * 3;
  for (let pass = 0; pass < passes; pass++) {
    for (let y = 0; y < height; y++)
      for (let channel = 0; channel < 3; channel++) smooth(rgb, y * row + channel, width, 3);
    for (let x = 0; x < row; x++) smooth(rgb, x, height, row);
  }
}
