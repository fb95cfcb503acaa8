/**
 * Which of an offered section's codings is taken: Opus; VP8, else H264.
 */
import type { types } from 'mediasoup';
import type { MediaDescription } from 'sdp-transform';

import type { Modality } from '../../proto/messages.ts';
import { parametersOf, refuse, textOf, wholeOf } from './sdp-text.ts';

export type Coding = {
  readonly codec: 'opus' | 'vp8' | 'h264';
  readonly payloadType: number;
  /** Null where lost packets come again under their own number, or not at all. */
  readonly rtxPayloadType: number | null;
  readonly clockRateHz: 48_000 | 90_000;
  /** As the format parameters announce; a mono packet may come where 2 are. */
  readonly channels: 1 | 2;
  /** The format parameters of the answer, or ''. */
  readonly parameters: string;
  readonly feedback: types.RtcpFeedback[];
};

/** Packets lost are asked for again; Opus has no other repair here (its decoder reads no forward error correction). */
const AUDIO_FEEDBACK: readonly types.RtcpFeedback[] = [{ type: 'nack' }, { type: 'transport-cc' }];
const VIDEO_FEEDBACK: readonly types.RtcpFeedback[] = [
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
  { type: 'goog-remb' },
  { type: 'transport-cc' },
];

/** kbit/s. A browser that starts lower sends a smaller picture for the first seconds (reference `media.md`, G6). */
const START_BITRATE = 800;

/** What the routers take; the producers' parameters match it whatever profile a sender names, since no worker reads the pictures. */
export const ROUTER_CODECS: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f' },
  },
];

type Candidate = { readonly codec: Coding['codec']; readonly payloadType: number; readonly rank: number };

/** @throws {SfuError} ERR_SFU_OFFER where none of them is offered. */
export function chooseCoding(media: MediaDescription, modality: Modality): Coding {
  const candidates = media.rtp
    .flatMap((line): Candidate[] => {
      const payloadType = wholeOf(line.payload, 0, 127);
      const ranked = rankOf(media, line, modality);
      return payloadType === null || !ranked ? [] : [{ ...ranked, payloadType }];
    })
    .toSorted((a, b) => a.rank - b.rank); // stable: among equals the sender's order counts
  const [best] = candidates;
  if (!best) {
    const seen = [...new Set(media.rtp.map(({ codec }) => textOf(codec)))].join(', ') || 'no coding';
    const expected = modality === 'audio' ? 'Opus' : 'VP8, or H264 with packetization-mode=1';
    refuse(`${modality} in ${seen}: expected ${expected}. Choose it in the sender's settings`);
  }
  return describe(media, modality, best);
}

function rankOf(
  media: MediaDescription,
  { payload, codec, rate, encoding }: MediaDescription['rtp'][number],
  modality: Modality,
): Omit<Candidate, 'payloadType'> | null {
  const name = textOf(codec).toLowerCase();
  if (modality === 'audio') {
    return name === 'opus' && rate === 48_000 && encoding === 2 ? { codec: 'opus', rank: 0 } : null;
  }
  if (rate !== 90_000) return null;
  if (name === 'vp8') return { codec: 'vp8', rank: 0 };
  if (name !== 'h264') return null;
  const parameters = parametersOf(media, payload);
  if (parameters.get('packetization-mode') !== '1') return null;
  // Constrained baseline first: the simplest to decode, and every sender of the others offers it as well.
  return { codec: 'h264', rank: /^42e0/i.test(parameters.get('profile-level-id') ?? '') ? 1 : 2 };
}

function describe(media: MediaDescription, modality: Modality, { codec, payloadType }: Candidate): Coding {
  const parameters = parametersOf(media, payloadType);
  const stereo = parameters.get('stereo') === '1' || parameters.get('sprop-stereo') === '1';
  return {
    codec,
    payloadType,
    rtxPayloadType: modality === 'video' ? rtxOf(media, payloadType) : null,
    clockRateHz: modality === 'audio' ? 48_000 : 90_000,
    channels: modality === 'audio' && stereo ? 2 : 1,
    parameters: answerParameters(media, codec, payloadType),
    feedback: feedbackOf(media, modality, payloadType),
  };
}

function rtxOf(media: MediaDescription, payloadType: number): number | null {
  const repairs = media.rtp.filter(
    ({ codec, payload }) =>
      textOf(codec).toLowerCase() === 'rtx' &&
      parametersOf(media, payload).get('apt') === String(payloadType),
  );
  return repairs.map(({ payload }) => wholeOf(payload, 0, 127)).find((found) => found !== null) ?? null;
}

function answerParameters(media: MediaDescription, codec: Coding['codec'], payloadType: number): string {
  switch (codec) {
    case 'opus':
      return 'minptime=10;useinbandfec=0';
    case 'vp8':
      return `x-google-start-bitrate=${START_BITRATE}`;
    case 'h264':
      return textOf(media.fmtp.find(({ payload }) => payload === payloadType)?.config);
  }
}

/** What is offered of what is taken, and nack for Opus in any case: Chromium does it when asked, but never offers. */
function feedbackOf(media: MediaDescription, modality: Modality, payloadType: number): types.RtcpFeedback[] {
  const offered = (media.rtcpFb ?? []).filter(({ payload }) => payload === payloadType || payload === '*');
  const has = ({ type, parameter = '' }: types.RtcpFeedback): boolean =>
    offered.some((line) => textOf(line.type) === type && textOf(line.subtype) === parameter);
  if (modality === 'video') return VIDEO_FEEDBACK.filter(has);
  return AUDIO_FEEDBACK.filter((feedback) => feedback.type === 'nack' || has(feedback));
}
