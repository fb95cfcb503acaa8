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
import { DecodeTimes } from './decode-times.ts';
import type { RtcTrackStats } from './sfu/ports.ts';

/** One unit that came out of a decoder. */
export type Decoded = {
  readonly took: Millis;
  /** 0 for sound. */
  readonly width: number;
  readonly height: number;
  /** Its pixels were read and scaled, or its samples; a picture beyond the rate of the features is only decoded. */
  readonly read: boolean;
};

type Counts = {
  codec: LinkTrack['codec'];
  units: number;
  bytes: number;
  /** By the stamps of the media. */
  jitter: JitterMeter;
  decoded: number;
  /** Of those. */
  read: number;
  /** Of units that were read and of others: two kinds of work, so that no one figure stands for both. */
  readonly readTimes: DecodeTimes;
  readonly otherTimes: DecodeTimes;
  width: number;
  height: number;
};

type Reading = { readonly at: Micros; readonly counts: Readonly<Counts>; readonly rtc: RtcTrackStats | null };

/** Media time counts microseconds. */
const CLOCK_RATE_HZ = 1e6;

export class LinkMeter {
  readonly #counts = new Map<Modality, Counts>();
  readonly #last = new Map<Modality, Reading>();

  /** A track begins, or goes on in another coding: its counts start over. */
  open({ modality, codec }: TrackConfig): void {
    if (this.#counts.get(modality)?.codec === codec) return;
    const jitter = new JitterMeter({ clockRateHz: CLOCK_RATE_HZ });
    const none = { units: 0, bytes: 0, decoded: 0, read: 0, width: 0, height: 0 };
    const times = { readTimes: new DecodeTimes(), otherTimes: new DecodeTimes() };
    this.#counts.set(modality, { codec, jitter, ...times, ...none });
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

  decoded(modality: Modality, { took, width, height, read }: Decoded): void {
    const counts = this.#counts.get(modality);
    if (!counts) return;
    counts.decoded += 1;
    if (read) counts.read += 1;
    (read ? counts.readTimes : counts.otherTimes).add(took);
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
    decodeMs:
      since(({ read }) => read) * after.counts.readTimes.undisturbed +
      since(({ decoded, read }) => decoded - read) * after.counts.otherTimes.undisturbed,
    width,
    height,
  };
}

const rtcSince = (before: Reading, after: Reading, field: 'bytes' | 'packets' | 'lost'): number =>
  Math.max(0, (after.rtc?.[field] ?? 0) - (before.rtc?.[field] ?? 0));

/** Over TCP nothing is lost: 0. */
function lostShare(before: Reading, after: Reading): number {
  const lost = rtcSince(before, after, 'lost');
  const all = lost + rtcSince(before, after, 'packets');
  return all === 0 ? 0 : lost / all;
}
