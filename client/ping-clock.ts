/**
 * Offset and round trip to the server by ping, as NTP does it (RFC 5905, section 8): of the last samples, the one with
 * the shortest round trip is the least disturbed.
 */
import type { Pong } from '../proto/messages.ts';
import { type Micros, type Millis, micros, millis } from '../proto/units.ts';

const KEPT = 8; // samples: 16 s at one ping every 2 s, as long as NTP's clock filter

export type PingEstimate = {
  /** Shortest round trip of the last samples. */
  readonly rtt: Millis;
  /** Server's monotonic clock minus the page's, microseconds. */
  readonly offsetUs: number;
  /** Watched session's media time minus page time, or null where the server does not know it. */
  readonly mediaShiftUs: number | null;
};

type Sample = { readonly rttUs: number; readonly offsetUs: number; readonly mediaShiftUs: number | null };

/** Adds one answered ping, received when the page's clock read `received`; returns the new samples. */
export function addPong(samples: readonly Sample[], pong: Pong, received: Micros): readonly Sample[] {
  const rttUs = Math.max(0, received - pong.clientUs);
  const middle = pong.clientUs + rttUs / 2;
  const mediaShiftUs = pong.media === null ? null : pong.media - middle;
  return [...samples, { rttUs, offsetUs: pong.serverUs - middle, mediaShiftUs }].slice(-KEPT);
}

/** What the samples say together, or null while there is none. */
export function pingEstimate(samples: readonly Sample[]): PingEstimate | null {
  const best = samples.reduce<Sample | null>((a, b) => (a === null || b.rttUs < a.rttUs ? b : a), null);
  if (best === null) return null;
  return { rtt: millis(best.rttUs / 1e3), offsetUs: best.offsetUs, mediaShiftUs: best.mediaShiftUs };
}

/** The watched session's media time at the page time `page`, or null where it is not known. */
export function watchedMediaTime(estimate: PingEstimate | null, page: Micros): Micros | null {
  if (estimate === null || estimate.mediaShiftUs === null) return null;
  return micros(Math.round(page + estimate.mediaShiftUs));
}
