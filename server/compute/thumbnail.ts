/** A picture as small as a list shows it. */
import { THUMBNAIL_SIDE } from '../../proto/limits.ts';
import { PICTURE_SIZE } from '../../src/features/spec.ts';

const BLOCK = PICTURE_SIZE / THUMBNAIL_SIDE;

/** `rgb` is [96, 96, 3]; gives [48, 48, 3], each pixel the mean of the four that it covers. */
export function thumbnailOf(rgb: Uint8Array): Uint8Array {
  const small = new Uint8Array(3 * THUMBNAIL_SIDE * THUMBNAIL_SIDE);
  for (let i = 0; i < small.length; i++) {
    const [channel, pixel] = [i % 3, Math.floor(i / 3)];
    const [row, column] = [Math.floor(pixel / THUMBNAIL_SIDE) * BLOCK, (pixel % THUMBNAIL_SIDE) * BLOCK];
    let sum = 0;
    for (let y = row; y < row + BLOCK; y++)
      for (let x = column; x < column + BLOCK; x++) sum += rgb[3 * (y * PICTURE_SIZE + x) + channel] ?? 0;
    small[i] = Math.round(sum / (BLOCK * BLOCK));
  }
  return small;
}
