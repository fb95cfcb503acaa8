/**
 * What the rest of the server knows of WebRTC: an SDP offer goes in, encoded units stamped by the sender's wall clock come out.
 *
 * The one implementation is `Sfu` over mediasoup; a test's fake is the other.
 */
import type { LinkKind, Modality, TrackConfig, WebrtcState } from '../../proto/messages.ts';
import type { Micros, Millis } from '../../proto/units.ts';
import type { ShedReason } from '../../src/media.ts';

/** One encoded unit as it left its sender. The receiver owns `data`. */
export type RtcUnit = {
  readonly modality: Modality;
  readonly key: boolean;
  readonly data: Uint8Array;
  /** Capture instant by the sender's wall clock, microseconds since the Unix epoch; never arrival. */
  readonly capturedAt: Micros;
};

/** Where the media of one connection goes. Nothing is called after `gone`. */
export type RtcSink = {
  /** A track's coding is known; its units may follow. */
  readonly open: (track: TrackConfig) => unknown;
  readonly unit: (unit: RtcUnit) => unknown;
  /** A track has ended while the others go on. */
  readonly shut: (modality: Modality) => unknown;
  readonly shed: (reason: ShedReason, count: number) => unknown;
  /** The connection is lost. `again`: a new offer would be answered (a worker died and is back, the network came back). */
  readonly gone: (reason: string, again: boolean) => void;
};

/** Running totals of one track since its connection began. */
export type RtcTrackStats = {
  readonly modality: Modality;
  readonly codec: 'opus' | 'vp8' | 'h264';
  readonly packets: number;
  readonly bytes: number;
  /** Packets that never came, after retransmission. */
  readonly lost: number;
  readonly units: number;
  readonly jitter: Millis;
};

export type RtcStats = {
  /** Null until a pair of addresses works. */
  readonly kind: Exclude<LinkKind, 'websocket'> | null;
  /** Null until a sender's report has come back. */
  readonly roundTrip: Millis | null;
  readonly tracks: readonly RtcTrackStats[];
};

/** One sender's media over WebRTC. */
export type RtcConnection = {
  /** SDP answer to the offer that opened it. */
  readonly answer: string;
  readonly stats: () => Promise<RtcStats>;
  /** Pictures are wanted at 1/4, 1/2 or all of the sender's rate (temporal layer 0, 1, 2); no effect on a sender without layers. */
  readonly preferTemporalLayer: (layer: 0 | 1 | 2) => void;
  /** The decoder cannot go on without a key frame; asked at most every 500 ms. */
  readonly requestKeyFrame: () => void;
  /** Idempotent; `gone` is not called for it. */
  readonly close: () => void;
};

export interface Sfu {
  readonly state: WebrtcState;
  /** Opens nothing. @throws what `accept` throws before it opens anything: {SfuError} ERR_SFU_OFFER, ERR_SFU_UNAVAILABLE */
  check(offer: string): void;
  /**
   * Answers an offer that sends at most one track of sound and one of picture.
   * @throws {SfuError} ERR_SFU_OFFER, ERR_SFU_UNAVAILABLE, ERR_SFU_LIMIT
   */
  accept(offer: string, sink: RtcSink): Promise<RtcConnection>;
  /** Ends every connection and every worker. Idempotent. */
  close(): Promise<void>;
}
