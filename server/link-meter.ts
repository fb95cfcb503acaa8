/**
 * How a session's media arrives: running counts in, the rates of the last second out.
 */
import type { LinkTrack, MediaUnit, Modality, TrackConfig } from '../proto/messages.ts';
import {
  type Micros,
  type Millis,
  millis,
  millisFromMicros,
  secondsFromMicros,
  subMicros,
} from '../proto/units.ts';
import { JitterMeter } from '../src/rtp/jitter.ts';
import type { RtcTrackStats } from './sfu/ports.ts';

/** One unit that came out of a decoder. `width` and `height` are 0 for sound. */
export type Decoded = { readonly took: Millis; readonly width: number; readonly height: number };

type Counts = {
  codec: LinkTrack['codec'];
  units: number;
  bytes: number;
  /** By the stamps of the media. */
  jitter: JitterMeter;
  decoded: number;
  /** What each of the last decodings took, at most `KEPT_TIMES`, oldest first. */
  times: Millis[];
  width: number;
  height: number;
};

type Reading = { readonly at: Micros; readonly counts: Readonly<Counts>; readonly rtc: RtcTrackStats | null };

/** Two seconds of sound. */
const KEPT_TIMES = 100;
/** Media time counts microseconds. */
const CLOCK_RATE_HZ = 1e6;

export class LinkMeter {
  readonly #counts = new Map<Modality, Counts>();
  readonly #last = new Map<Modality, Reading>();

  /** A track begins, or goes on in another coding: its counts start over. */
  open({ modality, codec }: TrackConfig): void {
    if (this.#counts.get(modality)?.codec === codec) return;
    const jitter = new JitterMeter({ clockRateHz: CLOCK_RATE_HZ });
    const none = { units: 0, bytes: 0, decoded: 0, width: 0, height: 0 };
    this.#counts.set(modality, { codec, jitter, times: [], ...none });
    this.#last.delete(modality);
  }

  shut(modality: Modality): void {
    this.#counts.delete(modality);
    this.#last.delete(modality);
  }

  /** One unit that arrives at `now`. */
  unit({ modality, data, at }: MediaUnit, now: Micros): void {
    const counts = this.#counts.get(modality);
    if (!counts) return;
    counts.units += 1;
    counts.bytes += data.length;
    counts.jitter.measure(at, now);
  }

  decoded(modality: Modality, { took, width, height }: Decoded): void {
    const counts = this.#counts.get(modality);
    if (!counts) return;
    counts.decoded += 1;
    counts.times.push(took);
    if (counts.times.length > KEPT_TIMES) counts.times.shift();
    counts.width = width;
    counts.height = height;
  }

  /** Of the track that arrives least evenly; 0 without a track. */
  get jitter(): Millis {
    const all = [...this.#counts.values()].map(({ jitter }) => millisFromMicros(jitter.jitter));
    return millis(Math.max(0, ...all));
  }

  /**
   * Rates since the reading before; nothing of a track that has just begun.
   *
   * @param rtc what the SFU counts of each track; empty over WebSocket.
   */
  read(now: Micros, rtc: readonly RtcTrackStats[]): readonly LinkTrack[] {
    return [...this.#counts].flatMap(([modality, counts]) => {
      const stats = rtc.find((one) => one.modality === modality) ?? null;
      const before = this.#last.get(modality);
      this.#last.set(modality, { at: now, counts: { ...counts }, rtc: stats });
      return before && before.at < now ? [rates(modality, before, { at: now, counts, rtc: stats })] : [];
    });
  }
}

function rates(modality: Modality, before: Reading, after: Reading): LinkTrack {
  const seconds = secondsFromMicros(subMicros(after.at, before.at));
  const since = (of: (counts: Readonly<Counts>) => number): number =>
    Math.max(0, of(after.counts) - of(before.counts)) / seconds;
  const { codec, jitter, width, height } = after.counts;
  return {
    modality,
    codec,
    bitrateBps: 8 * (after.rtc ? rtcSince(before, after, 'bytes') / seconds : since(({ bytes }) => bytes)),
    unitsPerSecond: since(({ units }) => units),
    decodedPerSecond: since(({ decoded }) => decoded),
    lost: lostShare(before, after),
    jitter: after.rtc?.jitter ?? millisFromMicros(jitter.jitter),
    decodeMs: since(({ decoded }) => decoded) * undisturbed(after.counts.times),
    width,
    height,
  };
}

/**
 * Processor time of one decoding, estimated: what a quarter of them stayed below. From call to output nothing else happens for
 * the stream, but on a busy machine most of them also wait for a processor.
 */
function undisturbed(times: readonly Millis[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 4)] ?? 0;
}

const rtcSince = (before: Reading, after: Reading, field: 'bytes' | 'packets' | 'lost'): number =>
  Math.max(0, (after.rtc?.[field] ?? 0) - (before.rtc?.[field] ?? 0));

/** Over TCP nothing is lost: 0. */
function lostShare(before: Reading, after: Reading): number {
  const lost = rtcSince(before, after, 'lost');
  const all = lost + rtcSince(before, after, 'packets');
  return all === 0 ? 0 : lost / all;
}
