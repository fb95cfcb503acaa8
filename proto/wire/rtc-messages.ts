/** Messages about WebRTC and about how media arrives: each message's two directions side by side. */
import { LIMITS } from '../limits.ts';
import type { Link, LinkTrack, RtcAnswer, RtcClose, RtcGone, RtcOffer } from '../messages.ts';
import { millis } from '../units.ts';
import { flag, list, positive, real, text, whole } from './checks.ts';
import { cut } from './text.ts';
import { codec, type Encoded, linkKind, modality, type Wire } from './wire.ts';

export const rtcOffer: Wire<RtcOffer, Encoded<'RtcOffer'>> = {
  read: (wire) => ({
    type: 'rtc-offer',
    generation: whole(wire.generation, 'rtc_offer.generation'),
    sdp: text(wire.sdp, 'rtc_offer.sdp', LIMITS.sdp),
  }),
  write: ({ generation, sdp }) => ({ generation, sdp }),
};

export const rtcClose: Wire<RtcClose, Encoded<'RtcClose'>> = {
  read: (wire) => ({ type: 'rtc-close', generation: whole(wire.generation, 'rtc_close.generation') }),
  write: ({ generation }) => ({ generation }),
};

export const rtcAnswer: Wire<RtcAnswer, Encoded<'RtcAnswer'>> = {
  read: (wire) => ({
    type: 'rtc-answer',
    generation: whole(wire.generation, 'rtc_answer.generation'),
    sdp: text(wire.sdp, 'rtc_answer.sdp', LIMITS.sdp),
  }),
  write: ({ generation, sdp }) => ({ generation, sdp }),
};

export const rtcGone: Wire<RtcGone, Encoded<'RtcGone'>> = {
  read: (wire) => ({
    type: 'rtc-gone',
    generation: whole(wire.generation, 'rtc_gone.generation'),
    reason: text(wire.reason, 'rtc_gone.reason'),
    again: flag(wire.again, 'rtc_gone.again'),
  }),
  write: ({ generation, reason, again }) => ({ generation, reason: cut(reason), again }),
};

const linkTrack: Wire<LinkTrack, Encoded<'LinkTrack'>> = {
  read: (wire) => ({
    modality: modality.read(wire.modality),
    codec: codec.read(wire.codec),
    bitrateBps: positive(wire.bitrateBps, 'link_track.bitrate_bps'),
    unitsPerSecond: positive(wire.unitsPerSecond, 'link_track.units_per_second'),
    decodedPerSecond: positive(wire.decodedPerSecond, 'link_track.decoded_per_second'),
    lost: real(wire.lost, 'link_track.lost', 0, 1),
    jitter: millis(positive(wire.jitterMs, 'link_track.jitter_ms')),
    decodeMs: positive(wire.decodeMs, 'link_track.decode_ms'),
    width: whole(wire.width, 'link_track.width'),
    height: whole(wire.height, 'link_track.height'),
  }),
  write: ({ modality: kind, codec: name, jitter, ...rest }) => ({
    ...rest,
    modality: modality.write(kind),
    codec: codec.write(name),
    jitterMs: jitter,
  }),
};

export const link: Wire<Link, Encoded<'Link'>> = {
  read: (wire) => {
    const roundTrip = real(wire.roundTripMs, 'link.round_trip_ms', -1, Number.MAX_VALUE);
    return {
      kind: linkKind.read(wire.kind),
      roundTrip: roundTrip < 0 ? null : millis(roundTrip),
      tracks: list(wire.tracks, 'link.tracks', LIMITS.linkTracks, linkTrack.read),
    };
  },
  write: ({ kind, roundTrip, tracks }) => ({
    kind: linkKind.write(kind),
    roundTripMs: roundTrip ?? -1,
    tracks: tracks.map(linkTrack.write),
  }),
};
