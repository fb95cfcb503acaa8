/**
 * Planes of any size to 96 x 96, each output pixel the mean of the source pixels under it.
 */
import { PICTURE_SIZE } from './spec.ts';

/** One channel of a picture in memory. `step`: bytes from pixel to pixel; `stride`: from row to row. */
export type SourcePlane = {
  readonly data: Uint8Array;
  /** Of the first pixel. */
  readonly offset: number;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
  readonly step: number;
};

/** Two bytes of a word of four, each with room for a sum of 16 bits. */
const LANES = 0x00ff00ff;
/** Rows whose bytes add up to no more than that: 257 * 255 = 65535. */
const LANE_ROWS = 257;

/** First source pixel under each output pixel, and one past the last: [97]. */
const edges = (source: number): Int32Array<ArrayBuffer> =>
  Int32Array.from({ length: PICTURE_SIZE + 1 }, (_, i) => Math.floor((i * source) / PICTURE_SIZE));

/** Whether its rows are whole words in memory, without gaps between pixels. */
function inWords({ data, offset, stride, width, step }: SourcePlane): boolean {
  return step === 1 && ((data.byteOffset | offset | stride | width) & 3) === 0;
}

/**
 * Averages one plane after another. It keeps the edges of the last size and room for one row of sums: nothing but a view is made
 * for a plane as large as the one before.
 */
export class BoxAverage {
  #width = 0;
  #height = 0;
  #columns = new Int32Array(0);
  #rows = new Int32Array(0);
  /** Of the rows under one output row: all bytes left of each column, so that a box is a difference. Wraps, as that does. */
  #sums = new Int32Array(0);

  /** Writes the means [96, 96] into `out`; sources smaller than that repeat pixels. The plane must lie inside its data. */
  average(source: SourcePlane, out: Float32Array): void {
    this.#fit(source);
    const { data } = source;
    const words = inWords(source) ? new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2) : null;
    for (let oy = 0; oy < PICTURE_SIZE; oy++) {
      const top = this.#rows[oy]!;
      const high = Math.max(1, this.#rows[oy + 1]! - top);
      if (words && high <= LANE_ROWS) this.#addWords(words, source, top, high);
      else this.#addBytes(source, top, high);
      this.#averageRow(out, oy * PICTURE_SIZE, high);
    }
  }

  #fit({ width, height }: SourcePlane): void {
    if (width !== this.#width) {
      this.#columns = edges(width);
      this.#sums = new Int32Array(width + 1);
    }
    if (height !== this.#height) this.#rows = edges(height);
    this.#width = width;
    this.#height = height;
  }

  #addBytes({ data, offset, stride, width, step }: SourcePlane, top: number, high: number): void {
    const sums = this.#sums;
    let sum = 0;
    for (let x = 0; x < width; x++) {
      let at = offset + top * stride + x * step;
      for (let y = 0; y < high; y++, at += stride) sum = (sum + data[at]!) | 0;
      sums[x + 1] = sum;
    }
  }

  /** Four pixels at a time, two in each of two words: a third faster. Little-endian, as all machines that run this are. */
  #addWords(words: Int32Array, { offset, stride, width }: SourcePlane, top: number, high: number): void {
    const sums = this.#sums;
    const step = stride >> 2;
    const first = (offset >> 2) + top * step;
    let sum = 0;
    for (let x = 0; x < width; x += 4) {
      let even = 0;
      let odd = 0;
      let at = first + (x >> 2);
      for (let y = 0; y < high; y++, at += step) {
        const word = words[at]!;
        even = (even + (word & LANES)) | 0;
        odd = (odd + ((word >>> 8) & LANES)) | 0;
      }
      sums[x + 1] = sum = (sum + (even & 0xffff)) | 0;
      sums[x + 2] = sum = (sum + (odd & 0xffff)) | 0;
      sums[x + 3] = sum = (sum + (even >>> 16)) | 0;
      sums[x + 4] = sum = (sum + (odd >>> 16)) | 0;
    }
  }

  #averageRow(out: Float32Array, offset: number, high: number): void {
    const columns = this.#columns;
    const sums = this.#sums;
    for (let ox = 0; ox < PICTURE_SIZE; ox++) {
      const left = columns[ox]!;
      const right = Math.max(left + 1, columns[ox + 1]!);
      out[offset + ox] = ((sums[right]! - sums[left]!) | 0) / (high * (right - left));
    }
  }
}
