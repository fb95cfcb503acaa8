/**
 * An offered track as the worker's producer wants it.
 */
import type { types } from 'mediasoup';

import type { Coding } from './codings.ts';
import type { OfferedTrack } from './offer.ts';

const MIME_TYPES = { opus: 'audio/opus', vp8: 'video/VP8', h264: 'video/H264' } as const;
/**
 * Payload types, extension ids and SSRCs are the offer's.
 *
 * Layers are not announced, though a sender may have them: told of L1T3, the worker holds back every VP8 frame until one of the
 * top layer comes that depends on the base alone, so that a stream starts without its key frame, or, where a sender numbers
 * a single layer, never (mediasoup 3.27.1, `VP8.cpp`; measured). Upper layers are left out behind the tap instead.
 */
export function producerParameters({ coding, mid, extensions, ssrc }: OfferedTrack): types.RtpParameters {
  return {
    ...(mid === '' ? {} : { mid }),
    codecs: codecsOf(coding),
    headerExtensions: extensions.map(({ uri, id }) => ({ uri, id })),
    encodings: [
      {
        ...(ssrc === null ? {} : { ssrc: ssrc.media }),
        ...(ssrc?.rtx ? { rtx: { ssrc: ssrc.rtx } } : {}),
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
