/**
 * An offered track as the worker's producer wants it.
 */
import type { types } from 'mediasoup';

import type { Coding } from './codings.ts';
import type { OfferedTrack } from './offer.ts';

const MIME_TYPES = { opus: 'audio/opus', vp8: 'video/VP8', h264: 'video/H264' } as const;
/** One spatial and three temporal layers; a sender without them has all its pictures in the lowest. */
const TEMPORAL_LAYERS = 'L1T3';

/** Payload types, extension ids and SSRCs are the offer's. */
export function producerParameters({ coding, mid, extensions, ssrc }: OfferedTrack): types.RtpParameters {
  return {
    ...(mid === '' ? {} : { mid }),
    codecs: codecsOf(coding),
    headerExtensions: extensions.map(({ uri, id }) => ({ uri, id })),
    encodings: [
      {
        ...(ssrc === null ? {} : { ssrc: ssrc.media }),
        ...(ssrc?.rtx ? { rtx: { ssrc: ssrc.rtx } } : {}),
        ...(coding.codec === 'vp8' ? { scalabilityMode: TEMPORAL_LAYERS } : {}),
      },
    ],
    rtcp: { reducedSize: true },
  };
}

function codecsOf({
  codec,
  payloadType,
  rtxPayloadType,
  clockRateHz,
  feedback,
}: Coding): types.RtpCodecParameters[] {
  const media: types.RtpCodecParameters = {
    mimeType: MIME_TYPES[codec],
    payloadType,
    clockRate: clockRateHz,
    rtcpFeedback: feedback,
    ...(codec === 'opus' ? { channels: 2 } : {}),
    // The router's own profile, whatever the sender's: see ROUTER_CODECS.
    ...(codec === 'h264' ? { parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f' } } : {}),
  };
  if (rtxPayloadType === null) return [media];
  const repair = { mimeType: 'video/rtx', payloadType: rtxPayloadType, clockRate: clockRateHz };
  return [media, { ...repair, parameters: { apt: payloadType }, rtcpFeedback: [] }];
}
