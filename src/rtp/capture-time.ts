/**
 * From RTP timestamps to the sender's wall clock: abs-capture-time, sender reports, and the line through them.
 */
import { type Hertz, type Micros, micros } from '../../proto/units.ts';

const NTP_TO_UNIX_SECONDS = 2_208_988_800; // 1900 to 1970, RFC 868
const TWO_32 = 2 ** 32;

/**
 * An NTP timestamp (32.32 bits, RFC 5905) as microseconds since the Unix epoch, rounded; null for 0, which says that a sender
 * has no wall clock (RFC 3550 section 6.4.1). Seconds from before 1970 are taken as those after the wrap of 2036.
 */
export function microsFromNtp(seconds: number, fraction: number): Micros | null {
  if (seconds === 0 && fraction === 0) return null;
  const since1900 = seconds < NTP_TO_UNIX_SECONDS ? seconds + TWO_32 : seconds;
  return micros((since1900 - NTP_TO_UNIX_SECONDS) * 1e6 + Math.round((fraction / TWO_32) * 1e6));
}

/**
 * Reads the header extension abs-capture-time, 8 or 16 bytes: when the packet's first sample was captured, microseconds since
 * the Unix epoch on the sender's clock; null for another length or 0. The second half, an estimate of the capture system's
 * clock against a forwarder's, is not read: our senders are the capture systems.
 */
export function parseAbsCaptureTime(value: Uint8Array): Micros | null {
  if (value.length !== 8 && value.length !== 16) return null;
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  return microsFromNtp(view.getUint32(0), view.getUint32(4));
}

/** How far a reference may lie off the line and be believed at once: ten times the residuals measured, 1 ms (reference, section 3). */
const BELIEVED = 10_000;

type Reference = { readonly timestamp: number; readonly at: Micros };

/**
 * `captureAt = at + (timestamp - reference) / clockRate`, with the newest reference. Residuals are under 1 ms, so that no line
 * is fitted and drift needs no care of its own.
 *
 * A reference off the line by more than 10 ms is not believed alone: it moves the line by 10 ms towards it. If the next one
 * agrees with it (a clock was set, timestamps began anew), that one counts in full. One that is older than the newest never
 * moves the line, unless it too is confirmed by a second.
 */
export class CaptureClock {
  readonly #microsPerTick: number;
  #line: Reference | null = null;
  #doubted: Reference | null = null;

  constructor({ clockRateHz }: { readonly clockRateHz: Hertz | number }) {
    this.#microsPerTick = 1e6 / clockRateHz;
  }

  /**
   * @param timestamp extended, see `Unwrapper`.
   * @param at the sender's wall clock at that timestamp, since the Unix epoch.
   */
  reference(timestamp: number, at: Micros): void {
    const reference = { timestamp, at };
    if (!this.#line) {
      this.#line = reference;
      return;
    }
    const newer = timestamp >= this.#line.timestamp;
    const off = at - this.#on(this.#line, timestamp);
    if (Math.abs(off) <= BELIEVED) {
      if (newer) this.#line = reference;
      this.#doubted = null;
    } else if (this.#confirms(reference)) {
      this.#line = reference;
      this.#doubted = null;
    } else {
      this.#doubted = reference;
      if (newer) this.#line = { timestamp, at: micros(at - off + Math.sign(off) * BELIEVED) };
    }
  }

  /** When the sample with this extended timestamp was captured, rounded; null before the first reference. */
  captureAt(timestamp: number): Micros | null {
    return this.#line && micros(Math.round(this.#on(this.#line, timestamp)));
  }

  #confirms({ timestamp, at }: Reference): boolean {
    if (!this.#doubted || timestamp <= this.#doubted.timestamp) return false;
    return Math.abs(at - this.#on(this.#doubted, timestamp)) <= BELIEVED;
  }

  #on({ timestamp, at }: Reference, wanted: number): number {
    return at + (wanted - timestamp) * this.#microsPerTick;
  }
}
