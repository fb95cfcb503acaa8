/** What the two sides say to each other about WebRTC, and how a session's media arrives; see `messages.ts`. */
import type { Modality } from './messages.ts';
import type { Millis } from './units.ts';

/** An SDP offer for the media of this connection's session. The newest `generation` alone is in force. */
export type RtcOffer = { readonly type: 'rtc-offer'; readonly generation: number; readonly sdp: string };
/** The sender gives that transport up. */
export type RtcClose = { readonly type: 'rtc-close'; readonly generation: number };
export type RtcAnswer = { readonly type: 'rtc-answer'; readonly generation: number; readonly sdp: string };
/** The server's end of that transport is gone: offer again, or send media over this connection. */
export type RtcGone = {
  readonly type: 'rtc-gone';
  readonly generation: number;
  readonly reason: string;
  readonly again: boolean;
};

/** Whether the server can take WebRTC; where not, why and the command that changes it. */
export type WebrtcState =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

export type LinkKind = 'websocket' | 'webrtc-udp' | 'webrtc-tcp';

/** How the media of a session arrives, over the last second. */
export type Link = {
  readonly kind: LinkKind;
  /** Null where unknown. */
  readonly roundTrip: Millis | null;
  readonly tracks: readonly LinkTrack[];
};

/** One track as the server receives it. */
export type LinkTrack = {
  readonly modality: Modality;
  readonly codec: 'opus' | 'pcm16' | 'vp8' | 'h264' | 'jpeg';
  readonly bitrateBps: number;
  /** Pictures, or packets of sound, before decoding. */
  readonly unitsPerSecond: number;
  readonly decodedPerSecond: number;
  /** Share of packets that never came, 0..1. */
  readonly lost: number;
  readonly jitter: Millis;
  /** Processor time of decoding, estimated, milliseconds in a second. */
  readonly decodeMs: number;
  /** Of the newest picture; 0 for sound. */
  readonly width: number;
  readonly height: number;
};
