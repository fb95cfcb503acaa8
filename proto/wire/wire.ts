/** How a message of ours and its form in protobufjs's static code belong together, and what several messages share. */

import { unreachable } from '../errors.ts';
import { counterpoise } from '../generated/counterpoise.js';
import { LIMITS } from '../limits.ts';
import type { MediaUnit, TrackConfig } from '../messages.ts';
import { data, flag, mediaTime, refuse, whole } from './checks.ts';

/** The static code's namespace. */
export const v1 = counterpoise.v1;

type V1 = typeof counterpoise.v1;

/** The static code's form of a message, read or to be written. */
export type Encoded<Name extends keyof V1> = V1[Name] extends { encode(message: infer Properties): unknown }
  ? Properties
  : never;

/** Both directions of one message, side by side. `read` checks every field; `write` trusts its own program. */
export type Wire<Message, Form> = {
  /** @throws {WireError} ERR_WIRE_FIELD, ERR_WIRE_TOO_LARGE, ERR_WIRE_VERSION */
  readonly read: (encoded: Form) => Message;
  readonly write: (message: Message) => Form;
};

/** The names of an enum's values. UNSPECIFIED has none, so it is refused like any unknown value. */
type Names<Name, Value> = {
  readonly read: (value: unknown) => Name;
  readonly write: (name: Name) => Value;
};

function names<Name extends string, Value extends number>(
  field: string,
  values: Readonly<Record<Name, Value>>,
): Names<Name, Value> {
  const byValue = new Map<unknown, Name>();
  for (const name in values) byValue.set(values[name], name);
  const expected = `one of ${Object.keys(values).join(', ')}`;
  return {
    read: (value) => byValue.get(value) ?? refuse(field, value, expected),
    write: (name) => values[name],
  };
}

export const modality = names('modality', {
  audio: v1.Modality.MODALITY_AUDIO,
  video: v1.Modality.MODALITY_VIDEO,
});
export const codec = names('codec', {
  opus: v1.Codec.CODEC_OPUS,
  pcm16: v1.Codec.CODEC_PCM16,
  vp8: v1.Codec.CODEC_VP8,
  jpeg: v1.Codec.CODEC_JPEG,
  h264: v1.Codec.CODEC_H264,
});
export const linkKind = names('link', {
  websocket: v1.LinkKind.LINK_WEBSOCKET,
  'webrtc-udp': v1.LinkKind.LINK_WEBRTC_UDP,
  'webrtc-tcp': v1.LinkKind.LINK_WEBRTC_TCP,
});
export const signal = names('signal', {
  live: v1.SignalState.SIGNAL_LIVE,
  silent: v1.SignalState.SIGNAL_SILENT,
  dark: v1.SignalState.SIGNAL_DARK,
  frozen: v1.SignalState.SIGNAL_FROZEN,
  missing: v1.SignalState.SIGNAL_MISSING,
});
export const labelKind = names('kind', {
  class: v1.LabelKind.LABEL_KIND_CLASS,
  'not-class': v1.LabelKind.LABEL_KIND_NOT_CLASS,
  unknown: v1.LabelKind.LABEL_KIND_UNKNOWN,
});
export const scope = names('scope', {
  both: v1.Scope.SCOPE_BOTH,
  audio: v1.Scope.SCOPE_AUDIO,
  video: v1.Scope.SCOPE_VIDEO,
});
export const role = names('role', {
  stream: v1.Role.ROLE_STREAM,
  watch: v1.Role.ROLE_WATCH,
});
export const pace = names('pace', {
  live: v1.Pace.PACE_LIVE,
  credit: v1.Pace.PACE_CREDIT,
});

/** How a track is encoded: codec and modality must fit each other. */
export const track: Wire<TrackConfig, Encoded<'TrackOpen'>> = {
  read: (encoded) => {
    const kind = modality.read(encoded.modality);
    const name = codec.read(encoded.codec);
    const { sampleRateHz: rate, pictureSidePx: side } = LIMITS;
    if (kind === 'audio') {
      if (name !== 'opus' && name !== 'pcm16') return refuse('track.codec', encoded.codec, 'opus or pcm16');
      const sampleRateHz = whole(encoded.sampleRateHz, 'track.sample_rate_hz', rate.min, rate.max);
      const channels = whole(encoded.channels, 'track.channels', 1, LIMITS.channels);
      return { modality: kind, codec: name, sampleRateHz, channels };
    }
    if (name !== 'vp8' && name !== 'h264' && name !== 'jpeg')
      return refuse('track.codec', encoded.codec, 'vp8, h264 or jpeg');
    const width = whole(encoded.width, 'track.width', side.min, side.max);
    const height = whole(encoded.height, 'track.height', side.min, side.max);
    return { modality: kind, codec: name, width, height };
  },
  write: (config) => {
    const shared = { modality: modality.write(config.modality), codec: codec.write(config.codec) };
    switch (config.modality) {
      case 'audio':
        return { ...shared, sampleRateHz: config.sampleRateHz, channels: config.channels };
      case 'video':
        return { ...shared, width: config.width, height: config.height };
      default:
        return unreachable(config);
    }
  },
};

/** An encoded unit of media. Reading gives bytes of their own: they do not keep a socket's buffer alive. */
export const unit: Wire<MediaUnit, Encoded<'MediaUnit'>> = {
  read: (encoded) => ({
    modality: modality.read(encoded.modality),
    key: flag(encoded.key, 'media.key'),
    at: mediaTime(encoded.atUs, 'media.at_us'),
    data: new Uint8Array(data(encoded.data, 'media.data', LIMITS.mediaBytes)),
  }),
  write: ({ modality: kind, key, at, data: bytes }) => ({
    modality: modality.write(kind),
    key,
    atUs: Math.round(at),
    data: bytes,
  }),
};
