/**
 * A track as the session opens it.
 */
import type { TrackConfig } from '../../proto/messages.ts';
import { h264Size, vp8Size } from '../ingest/headers.ts';
import type { OfferedTrack } from './offer.ts';

/** Where the first key frame does not say: a camera's smallest usual picture. Decoders read each key frame's own. */
const UNKNOWN_SIZE = { width: 320, height: 240 };

/** @param first the track's first unit, a key frame where it is picture. */
export function trackConfigOf(
  { coding: { codec, channels, clockRateHz } }: OfferedTrack,
  first: Uint8Array,
): TrackConfig {
  if (codec === 'opus') return { modality: 'audio', codec, sampleRateHz: clockRateHz, channels };
  const size = (codec === 'vp8' ? vp8Size : h264Size)(first) ?? UNKNOWN_SIZE;
  return { modality: 'video', codec, ...size };
}
