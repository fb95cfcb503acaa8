/**
 * I420 pictures to a smaller size, as a camera would have given them.
 */
import type { I420, Plane } from '../../../src/features/pixels.ts';

export type Size = { readonly width: number; readonly height: number };

/** As large as a person's camera sends by default at most. */
const MAX: Size = { width: 640, height: 480 };

const even = (side: number): number => Math.max(16, Math.floor(side / 2) * 2);

/** The size to encode at: the source's own, or the largest of its shape within 640 x 480; even, at least 16. */
export function encodedSize({ width, height }: Size): Size {
  const scale = Math.min(1, MAX.width / width, MAX.height / height);
  return { width: even(width * scale), height: even(height * scale) };
}

type Grid = Size & { readonly data: Uint8Array; readonly plane: Plane };

function shrinkPlane({ data, plane, width, height }: Grid, to: Size, out: Uint8Array, offset: number): void {
  for (let oy = 0; oy < to.height; oy++) {
    const top = Math.floor((oy * height) / to.height);
    const bottom = Math.max(top + 1, Math.floor(((oy + 1) * height) / to.height));
    for (let ox = 0; ox < to.width; ox++) {
      const left = Math.floor((ox * width) / to.width);
      const right = Math.max(left + 1, Math.floor(((ox + 1) * width) / to.width));
      let sum = 0;
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) sum += data[plane.offset + y * plane.stride + x]!;
      out[offset + oy * to.width + ox] = Math.round(sum / ((bottom - top) * (right - left)));
    }
  }
}

/** Averages the pixels under each output pixel. The data is packed: Y, U, V without padding, a copy. */
export function shrink({ data, width, height, planes }: I420, to: Size): Uint8Array {
  const chroma = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
  const half = { width: to.width / 2, height: to.height / 2 };
  const luma = to.width * to.height;
  const out = new Uint8Array(luma * 1.5);
  shrinkPlane({ data, plane: planes[0], width, height }, to, out, 0);
  shrinkPlane({ data, plane: planes[1], ...chroma }, half, out, luma);
  shrinkPlane({ data, plane: planes[2], ...chroma }, half, out, luma * 1.25);
  return out;
}
