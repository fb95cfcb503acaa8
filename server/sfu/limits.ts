/**
 * What a peer can make grow or keep waiting has a bound.
 */
import { type Millis, millis } from '../../proto/units.ts';

export type SfuLimits = {
  /** Connections of one worker, half-open ones included. A stream takes 0.4 % of a core there (reference `media.md`). */
  readonly connections: number;
  /** From the answer to a finished DTLS handshake. */
  readonly handshake: Millis;
  /** How long a connection without a working pair of addresses may look for another. */
  readonly reconnect: Millis;
  /** Without any packet, not even of ICE: the sender is gone. An outage of the network shall be shorter. */
  readonly silence: Millis;
  /** Without media of one track while the other's comes: that track has ended. */
  readonly trackSilence: Millis;
  /** What a sender is told that it may send, bits a second, all tracks together. */
  readonly bitrate: number;
};

export const DEFAULT_LIMITS: SfuLimits = {
  connections: 128,
  handshake: millis(15_000),
  reconnect: millis(5_000),
  silence: millis(15_000),
  trackSilence: millis(5_000),
  bitrate: 4_000_000,
};
