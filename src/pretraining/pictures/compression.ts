/**
 * What a bad encoder does to a picture: luma quantized in blocks of 8 x 8, chroma kept for 2 x 2 pixels only.
 * The blocks are transformed by Walsh and Hadamard instead of by cosines: sums and differences alone, the same kind of damage.
 */
import { PICTURE_PIXELS, PICTURE_SIZE } from '../../features/spec.ts';

const BLOCK = 8;
/** Sign changes of each row of the Hadamard matrix in its natural order: how fine its pattern is. */
const SEQUENCY = [0, 7, 3, 4, 1, 6, 2, 5] as const;
const finer = new Float32Array(BLOCK * BLOCK).map(
  (_, i) => 1 + 0.35 * (SEQUENCY[i % BLOCK]! + SEQUENCY[Math.floor(i / BLOCK)]!),
);

/** Walsh-Hadamard transform of eight numbers `stride` apart, in place; its own inverse but for the factor 8. */
function transform(values: Float32Array, first: number, stride: number): void {
  for (let half = 1; half < BLOCK; half *= 2) {
    for (let start = 0; start < BLOCK; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const at = first + i * stride;
        const other = at + half * stride;
        const sum = values[at]! + values[other]!;
        values[other] = values[at]! - values[other]!;
        values[at] = sum;
      }
    }
  }
}

function transformBlock(block: Float32Array): void {
  for (let i = 0; i < BLOCK; i++) transform(block, i * BLOCK, 1);
  for (let i = 0; i < BLOCK; i++) transform(block, i, BLOCK);
}

const block = new Float32Array(BLOCK * BLOCK); // scratch, as is the next: only used within one synchronous call
const luma = new Float32Array(PICTURE_PIXELS);

function quantizeBlock(from: number, coarseness: number): void {
  for (let i = 0; i < block.length; i++) block[i] = luma[from + (i >> 3) * PICTURE_SIZE + (i & 7)]!;
  transformBlock(block);
  for (let i = 0; i < block.length; i++) {
    const step = i === 0 ? 16 * BLOCK : coarseness * BLOCK * finer[i]!;
    block[i] = Math.round(block[i]! / step) * step;
  }
  if (coarseness * BLOCK > 0) block[0] = Math.round(block[0]! / 64) * 64;
  transformBlock(block);
  for (let i = 0; i < block.length; i++) luma[from + (i >> 3) * PICTURE_SIZE + (i & 7)] = block[i]! / 64;
}

/** Puts a 2 x 2 cell's common chroma on its four lumas. */
function joinCell(rgb: Uint8ClampedArray, p: number): void {
  let [red, blue] = [0, 0];
  const cell = [p, p + 1, p + PICTURE_SIZE, p + PICTURE_SIZE + 1] as const;
  for (const q of cell) {
    const [r, g, b] = [rgb[3 * q]!, rgb[3 * q + 1]!, rgb[3 * q + 2]!];
    const y = (77 * r + 150 * g + 29 * b) / 256;
    red += (r - y) / 4;
    blue += (b - y) / 4;
  }
  const green = -(77 * red + 29 * blue) / 150;
  for (const q of cell) {
    rgb[3 * q] = luma[q]! + red;
    rgb[3 * q + 1] = luma[q]! + green;
    rgb[3 * q + 2] = luma[q]! + blue;
  }
}

/** Damages a picture [96, 96, 3] in place. @param coarseness quantizer step of the coarsest pattern, in levels: 2 hardly shows, 12 is bad */
export function compress(rgb: Uint8ClampedArray, coarseness: number): void {
  for (let p = 0; p < PICTURE_PIXELS; p++)
    luma[p] = (77 * rgb[3 * p]! + 150 * rgb[3 * p + 1]! + 29 * rgb[3 * p + 2]!) / 256;
  for (let y = 0; y < PICTURE_SIZE; y += BLOCK)
    for (let x = 0; x < PICTURE_SIZE; x += BLOCK) quantizeBlock(y * PICTURE_SIZE + x, coarseness);
  for (let y = 0; y < PICTURE_SIZE; y += 2)
    for (let x = 0; x < PICTURE_SIZE; x += 2) joinCell(rgb, y * PICTURE_SIZE + x);
}
