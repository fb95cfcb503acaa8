/**
 * Interarrival jitter, RFC 3550 section 6.4.1: `J ← J + (|D| - J) / 16`.
 */
import { type Micros, micros } from '../../proto/units.ts';

const GAIN = 1 / 16;
/** A larger difference, or a timestamp further back, is a pause or a new start of the timestamps, not jitter. */
const LARGEST_MICROS = 5e6;

/** Only packets with a new timestamp are measured, in order: those of one frame share a stamp and are sent one after the other. */
export class JitterMeter {
  readonly #microsPerTick: number;
  #timestamp = -Infinity;
  #transit: number | null = null;
  #jitter = 0;

  constructor({ clockRateHz }: { readonly clockRateHz: number }) {
    this.#microsPerTick = 1e6 / clockRateHz;
  }

  /** Microseconds; 0 until two packets have come. */
  get jitter(): Micros {
    return micros(this.#jitter);
  }

  /** @param timestamp extended. @param now arrival. */
  measure(timestamp: number, now: Micros): void {
    const behind = (this.#timestamp - timestamp) * this.#microsPerTick;
    if (behind >= 0 && behind <= LARGEST_MICROS) return;
    const transit = now - timestamp * this.#microsPerTick;
    const difference = Math.abs(transit - (this.#transit ?? transit));
    if (difference <= LARGEST_MICROS) this.#jitter += (difference - this.#jitter) * GAIN;
    this.#timestamp = timestamp;
    this.#transit = transit;
  }
}
