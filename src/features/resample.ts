/**
 * Streaming conversion of mono sound to 16 kHz: a polyphase FIR that carries phase and history over blocks of any size.
 *
 * With the rates reduced to L / M (48 kHz: 1 / 3, 44.1 kHz: 160 / 441) the filter stands at L times the source rate and is
 * read at every M-th point. It spans 16 periods of the slower rate: 48 taps for 48 kHz. Kaiser, 50 dB, -6 dB at 0.45 of
 * the slower rate (7.2 kHz): what folds back is 50 dB down below 7.3 kHz, and mel bands end at 7.5 kHz.
 */
import { type Micros, micros } from '../../proto/units.ts';
import { ShapeError } from '../errors.ts';
import type { PcmChunk } from '../media.ts';
import { AUDIO_RATE } from './spec.ts';

const SPAN = 16; // periods of the slower rate under the filter
const CUTOFF = 0.45; // of the slower rate
const KAISER_BETA = 4.5335; // 50 dB: 0.5842 (A - 21)^0.4 + 0.07886 (A - 21), Kaiser 1974
const MIN_RATE_HZ = 8_000;
const MAX_RATE_HZ = 192_000;

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Modified Bessel function of the first kind, order 0, by its power series: 25 terms reach float64 for x below 10. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= 25; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** Kaiser-windowed sinc, symmetric, [taps]. `cutoff` in cycles per sample; the sum is `gain`. */
function kaiserLowpass(taps: number, cutoff: number, gain: number): Float64Array {
  const h = new Float64Array(taps);
  const middle = (taps - 1) / 2;
  let sum = 0;
  for (let n = 0; n < taps; n++) {
    const t = n - middle;
    const sinc = t === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * t) / (Math.PI * t);
    const edge = middle === 0 ? 0 : t / middle;
    h[n] = sinc * besselI0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - edge * edge)));
    sum += h[n]!;
  }
  for (let n = 0; n < taps; n++) h[n]! *= gain / sum;
  return h;
}

/** The filter cut into phases, each reversed so that it runs forward over the samples: [phases, taps]. */
function polyphase(h: Float64Array, phases: number, taps: number): Float32Array {
  const parts = new Float32Array(phases * taps);
  for (let p = 0; p < phases; p++)
    for (let k = 0; k < taps; k++) parts[p * taps + taps - 1 - k] = h[p + k * phases] ?? 0;
  return parts;
}

/** One stream's converter to 16 kHz. At 16 kHz it hands samples through. */
export class Resampler {
  readonly #rate: number;
  readonly #up: number;
  readonly #down: number;
  readonly #taps: number;
  readonly #coefficients: Float32Array;
  /** Group delay in seconds. */
  readonly #delay: number;
  /** Scratch: the last taps - 1 samples of what came before, then the block. Grows to the longest. */
  #joined: Float32Array;
  /** Scratch: the outputs of the last block. */
  #out = new Float32Array(0);
  /** Where the next output stands, in 1/up samples after the start of the next block. */
  #next = 0;

  /**
   * @param rateHz the source's rate, a whole number in [8000, 192000].
   * @throws {ShapeError} ERR_RANGE for any other rate.
   */
  constructor(rateHz: number) {
    if (!Number.isInteger(rateHz) || rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ) {
      const hint = `sample rate is ${rateHz} Hz, expected a whole number from ${MIN_RATE_HZ} to ${MAX_RATE_HZ}`;
      throw new ShapeError('ERR_RANGE', `${hint}: convert the source first`);
    }
    const common = gcd(rateHz, AUDIO_RATE);
    this.#rate = rateHz;
    this.#up = AUDIO_RATE / common;
    this.#down = rateHz / common;
    const same = this.#up === this.#down;
    const length = same ? 1 : SPAN * Math.max(this.#up, this.#down);
    const cutoff = (CUTOFF * Math.min(rateHz, AUDIO_RATE)) / (rateHz * this.#up);
    this.#taps = Math.ceil(length / this.#up);
    this.#coefficients = polyphase(kaiserLowpass(length, cutoff, this.#up), this.#up, this.#taps);
    this.#delay = (length - 1) / 2 / (rateHz * this.#up);
    this.#joined = new Float32Array(this.#taps - 1);
  }

  /**
   * Converts the next block. Outputs are the same for every cutting of the same samples into blocks, and stamped without the
   * filter's group delay (0.49 ms at 48 kHz), so the very first one may be stamped just before the first input.
   *
   * @param at capture time of `samples[0]`.
   * @returns null where the block was too short to give a sample. The chunk's samples are the converter's, valid until the next
   * call: 50 blocks a second leave no garbage.
   */
  push(at: Micros, samples: Float32Array): PcmChunk | null {
    const count = Math.max(0, Math.ceil((samples.length * this.#up - this.#next) / this.#down));
    const joined = this.#join(samples);
    const first = this.#next / this.#up / this.#rate - this.#delay;
    if (this.#out.length !== count) this.#out = new Float32Array(count);
    const out = this.#out;
    for (let n = 0; n < count; n++) {
      const start = Math.floor(this.#next / this.#up);
      const phase = (this.#next % this.#up) * this.#taps;
      let sum = 0;
      for (let k = 0; k < this.#taps; k++) sum += this.#coefficients[phase + k]! * joined[start + k]!;
      out[n] = sum;
      this.#next += this.#down;
    }
    this.#next -= samples.length * this.#up;
    joined.copyWithin(0, samples.length, samples.length + this.#taps - 1);
    return count === 0 ? null : { at: micros(Math.round(at + first * 1e6)), samples: out };
  }

  /** Forgets history and phase: the next block starts a new stream. */
  reset(): void {
    this.#joined.fill(0);
    this.#next = 0;
  }

  /** The block behind what the filter still reads of those before it. */
  #join(samples: Float32Array): Float32Array {
    const history = this.#taps - 1;
    if (this.#joined.length < history + samples.length) {
      const longer = new Float32Array(history + samples.length);
      longer.set(this.#joined.subarray(0, history));
      this.#joined = longer;
    }
    this.#joined.set(samples, history);
    return this.#joined;
  }
}

/**
 * Mean of planar channels: [channels][samples] to mono.
 *
 * @param scratch written and returned where there is more than one channel and it is as long as they are.
 * @returns the only channel itself, `scratch`, or a new array.
 * @throws {ShapeError} ERR_SHAPE where there is no channel or lengths differ.
 */
export function downmix(channels: readonly Float32Array[], scratch?: Float32Array): Float32Array {
  const [first] = channels;
  if (!first || channels.some((channel) => channel.length !== first.length)) {
    const lengths = channels.map((channel) => channel.length).join(', ');
    throw new ShapeError(
      'ERR_SHAPE',
      `channel lengths are [${lengths}], expected at least one and all equal`,
    );
  }
  if (channels.length === 1) return first;
  const mono = scratch?.length === first.length ? scratch.fill(0) : new Float32Array(first.length);
  for (const channel of channels) for (let n = 0; n < mono.length; n++) mono[n]! += channel[n]!;
  for (let n = 0; n < mono.length; n++) mono[n]! /= channels.length;
  return mono;
}

/** Little-endian 16-bit PCM to [-1, 1). An odd last byte is ignored. */
export function pcm16ToFloat(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Float32Array(bytes.byteLength >> 1);
  for (let n = 0; n < out.length; n++) out[n] = view.getInt16(2 * n, true) / 0x8000;
  return out;
}
