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
  const middle = first + 4 * stride;
  for (let half = 0; half < 2; half++) {
    const at = half === 0 ? first : middle;
    const sum = values[at]! + values[at + stride]!;
    const difference = values[at]! - values[at + stride]!;
    const otherSum = values[at + 2 * stride]! + values[at + 3 * stride]!;
    const otherDifference = values[at + 2 * stride]! - values[at + 3 * stride]!;
    values[at] = sum + otherSum;
    values[at + stride] = difference + otherDifference;
    values[at + 2 * stride] = sum - otherSum;
    values[at + 3 * stride] = difference - otherDifference;
  }
  for (let at = first; at < middle; at += stride) {
    const low = values[at]!;
    const high = values[at + 4 * stride]!;
    values[at] = low + high;
    values[at + 4 * stride] = low - high;
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
    // The mean keeps whole levels: a coarser one would make plain frames jump.
    const step = i === 0 ? BLOCK * BLOCK : coarseness * BLOCK * finer[i]!;
    block[i] = Math.round(block[i]! / step) * step;
  }
  transformBlock(block);
  for (let i = 0; i < block.length; i++) luma[from + (i >> 3) * PICTURE_SIZE + (i & 7)] = block[i]! / 64;
}

/** Puts a 2 x 2 cell's common chroma on its four lumas. `luma` holds those after quantization. */
function joinCell(rgb: Uint8ClampedArray, p: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = 0; i < 4; i++) {
    const at = 3 * (p + (i & 1) + (i >> 1) * PICTURE_SIZE);
    red += rgb[at]! / 4;
    green += rgb[at + 1]! / 4;
    blue += rgb[at + 2]! / 4;
  }
  const mean = (77 * red + 150 * green + 29 * blue) / 256;
  for (let i = 0; i < 4; i++) {
    const q = p + (i & 1) + (i >> 1) * PICTURE_SIZE;
    const lighter = luma[q]! - mean;
    rgb[3 * q] = red + lighter;
    rgb[3 * q + 1] = green + lighter;
    rgb[3 * q + 2] = blue + lighter;
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
