/** The last 60 s of one session's sound as samples, for backbones that take a waveform. 3.9 MB; only there where one is plugged in. */
import { type Micros, micros } from '../../proto/units.ts';
import type { PcmChunk } from '../media.ts';
import { STAMP_TOLERANCE } from './mel.ts';
import { AUDIO_RATE, COLUMN_SAMPLES, FRAME_SAMPLES, RIBBON, WINDOW, WINDOW_COLUMNS } from './spec.ts';

/** Samples that a window's columns were made of: the last column spans 25 ms. */
export const WINDOW_SAMPLES = (WINDOW_COLUMNS - 1) * COLUMN_SAMPLES + FRAME_SAMPLES;

const SLOTS = ((RIBBON + WINDOW) / 1e6) * AUDIO_RATE + FRAME_SAMPLES;
const sampleAt = (time: Micros): number => Math.round((time * AUDIO_RATE) / 1e6);
const TOLERANCE = sampleAt(STAMP_TOLERANCE);

export class PcmRing {
  readonly #samples = new Float32Array(SLOTS);
  /** Number of the first sample that is kept, and of the next one, counted from the media clock's zero. */
  #from = 0;
  #next: number | null = null;

  /** Copies samples in, each where its stamp says; strays that `MelStream` ignores are ignored, holes are silence. */
  push({ at, samples }: PcmChunk): void {
    const said = sampleAt(at);
    const next = this.#next ?? said;
    const start = Math.abs(said - next) <= TOLERANCE ? next : said;
    if (this.#next === null || start - next > SLOTS) this.#from = start;
    else for (let n = next; n < start; n++) this.#samples[n % SLOTS] = 0;
    samples.forEach((sample, i) => {
      if (start + i >= Math.max(0, this.#from)) this.#samples[(start + i) % SLOTS] = sample;
    });
    this.#next = Math.max(next, start + samples.length);
    this.#from = Math.max(this.#from, this.#next - SLOTS, 0);
  }

  /** The samples of the window that starts at `start` [15600], a copy; silence where there are none. Null where all of it is gone or still to come. */
  window(start: Micros): Float32Array | null {
    const first = sampleAt(micros(start));
    const next = this.#next ?? 0;
    if (first >= next || first + WINDOW_SAMPLES <= this.#from) return null;
    const out = new Float32Array(WINDOW_SAMPLES);
    for (let i = Math.max(0, this.#from - first); i < Math.min(WINDOW_SAMPLES, next - first); i++)
      out[i] = this.#samples[(first + i) % SLOTS]!;
    return out;
  }
}
