/**
 * Streaming log-mel energies: mono PCM at 16 kHz in, one column of 64 bands every 10 ms out.
 *
 * Column k: 400 samples from 160 k on, periodic Hann, magnitude of the 512-point spectrum, 64 triangular bands on the HTK
 * mel scale (`1127 ln(1 + f / 700)`), `ln(band + 0.01)`. This is VGGish's front end (Hershey et al., 2017).
 */
import FFT from 'fft.js';

import { type Micros, micros } from '../../proto/units.ts';
import type { MelColumns, PcmChunk } from '../media.ts';
import {
  AUDIO_RATE,
  COLUMN,
  COLUMN_SAMPLES,
  FFT_SIZE,
  FRAME_SAMPLES,
  LOG_OFFSET,
  MEL_BANDS,
  MEL_HIGH_HZ,
  MEL_LOW_HZ,
} from './spec.ts';

/** Stamps may stray this far from the sample count before samples are added or cut: above stamp jitter, below the shortest packet (10 ms). */
export const STAMP_TOLERANCE: Micros = micros(8_000);
/** A longer hole is not filled with silence: the columns start anew behind it. */
export const MAX_FILL: Micros = micros(1_000_000);

const mel = (hz: number): number => 1127 * Math.log1p(hz / 700);

type Band = { readonly from: number; readonly weights: Float64Array };

/** Triangles equally wide on the mel scale; each is given from its first bin above zero. The bin at 0 Hz has no weight. */
function melBands(): readonly Band[] {
  const low = mel(MEL_LOW_HZ);
  const step = (mel(MEL_HIGH_HZ) - low) / (MEL_BANDS + 1);
  return Array.from({ length: MEL_BANDS }, (_, band): Band => {
    const left = low + band * step;
    const weights: number[] = [];
    let from = 0;
    for (let bin = 1; bin < FFT_SIZE / 2; bin++) {
      const place = (mel((bin * AUDIO_RATE) / FFT_SIZE) - left) / step; // 0 at the left foot, 1 at the top, 2 at the right foot
      const weight = Math.min(place, 2 - place);
      if (weight <= 0) continue;
      if (weights.length === 0) from = bin;
      weights.push(weight);
    }
    return { from, weights: Float64Array.from(weights) };
  });
}

const BANDS = melBands();
const HANN = Float64Array.from(
  { length: FRAME_SAMPLES },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / FRAME_SAMPLES),
);

/** Sum of each band's weights, in bins [64]: how many bins of noise a band adds up. */
export const bandWidths: Float32Array = Float32Array.from(BANDS, ({ weights }) =>
  weights.reduce((sum, weight) => sum + weight, 0),
);

/** One stream's log-mel. The same samples give the same columns, however they are cut into chunks. */
export class MelStream {
  readonly #fft = new FFT(FFT_SIZE);
  readonly #frame = new Float64Array(FFT_SIZE);
  readonly #spectrum = new Float64Array(2 * FFT_SIZE);
  readonly #magnitude = new Float64Array(FFT_SIZE / 2);
  /** Scratch: samples not yet behind the next column's start, then the chunk. Grows to the longest. */
  #samples = new Float32Array(0);
  /** How many of them wait, from the first on. */
  #pending = 0;
  /** Scratch: the columns of the last chunk. */
  #values = new Float32Array(0);
  /** Capture time of `#samples[0]`, which is the next column's; null before the first chunk. */
  #at: Micros | null = null;

  /**
   * Takes the next samples and gives the columns that they complete; a column needs 15 ms of sound behind its own 10 ms.
   * A hole up to `MAX_FILL` is filled with silence of its exact length, a longer one starts the columns anew; samples from
   * before what was already taken are cut off. Strays within `STAMP_TOLERANCE` are ignored.
   *
   * @returns null where no column was completed. The values are the stream's, valid until the next call.
   */
  push(chunk: PcmChunk): MelColumns | null {
    const length = this.#fit(chunk);
    if (length === this.#pending || this.#at === null) return null;
    const count = Math.max(0, Math.floor((length - FRAME_SAMPLES) / COLUMN_SAMPLES) + 1);
    if (this.#values.length !== count * MEL_BANDS) this.#values = new Float32Array(count * MEL_BANDS);
    for (let k = 0; k < count; k++) this.#column(k * COLUMN_SAMPLES, k * MEL_BANDS);
    const at = this.#at;
    this.#at = micros(at + count * COLUMN);
    this.#samples.copyWithin(0, count * COLUMN_SAMPLES, length);
    this.#pending = length - count * COLUMN_SAMPLES;
    return count === 0 ? null : { at, count, values: this.#values };
  }

  /** Forgets everything: the next chunk starts a new stream. */
  reset(): void {
    this.#pending = 0;
    this.#at = null;
  }

  /**
   * Puts the chunk behind what waits, with silence before it or a piece cut off, so that it follows that.
   * @returns the number of samples that there are now.
   */
  #fit({ at, samples }: PcmChunk): number {
    if (this.#at === null) this.#at = at;
    const expected = this.#at + (this.#pending * 1e6) / AUDIO_RATE;
    const gap = at - expected;
    if (Math.abs(gap) <= STAMP_TOLERANCE) return this.#append(samples, 0);
    const missing = Math.round((gap * AUDIO_RATE) / 1e6);
    if (gap < 0) return this.#append(samples.subarray(Math.min(samples.length, -missing)), 0);
    if (gap > MAX_FILL) {
      this.#pending = 0;
      this.#at = at;
      return this.#append(samples, 0);
    }
    return this.#append(samples, missing);
  }

  #append(samples: Float32Array, silence: number): number {
    const from = this.#pending + silence;
    const length = from + samples.length;
    if (this.#samples.length < length) {
      const longer = new Float32Array(length);
      longer.set(this.#samples.subarray(0, this.#pending));
      this.#samples = longer;
    }
    this.#samples.fill(0, this.#pending, from);
    this.#samples.set(samples, from);
    return length;
  }

  #column(start: number, offset: number): void {
    const samples = this.#samples;
    for (let n = 0; n < FRAME_SAMPLES; n++) this.#frame[n] = samples[start + n]! * HANN[n]!;
    this.#fft.realTransform(this.#spectrum, this.#frame);
    for (let bin = 0; bin < FFT_SIZE / 2; bin++) {
      const re = this.#spectrum[2 * bin]!;
      const im = this.#spectrum[2 * bin + 1]!;
      this.#magnitude[bin] = Math.sqrt(re * re + im * im);
    }
    for (let b = 0; b < MEL_BANDS; b++) {
      const { from, weights } = BANDS[b]!;
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * this.#magnitude[from + k]!;
      this.#values[offset + b] = Math.log(sum + LOG_OFFSET);
    }
  }
}

/**
 * Log-mel columns of a whole recording.
 *
 * @param samples mono at 16 kHz.
 * @returns [columns, 64], column k from sample 160 k on; empty where there are fewer than 400 samples.
 */
export function melOf(samples: Float32Array): Float32Array {
  return new MelStream().push({ at: micros(0), samples })?.values ?? new Float32Array(0);
}
