/**
 * What comes out of an RTP stream.
 */
import type { Micros } from '../../proto/units.ts';
import type { ShedReason } from '../media.ts';

/** A frame of picture or a packet of sound, ready for its decoder. */
export type RtpUnit = {
  readonly key: boolean;
  /** Owned by whoever receives it. */
  readonly data: Uint8Array;
  /** The sender's wall clock, since the Unix epoch. Rises with the timestamps, but for a jump of the sender's clock. */
  readonly capturedAt: Micros;
  /** 0 where the stream has no temporal layers. */
  readonly temporalId: number;
};

/** Packets: late, lost, duplicate, foreign. Packets or whole frames: malformed. Frames: the others. */
export type RtpShedReason = Extract<ShedReason, `rtp-${string}` | 'no-key-frame'>;

export type RtpEvent =
  | { readonly type: 'unit'; readonly unit: RtpUnit }
  /** Nothing can be decoded until a key frame comes. Once for each gap, and each second while none comes: throttle it. */
  | { readonly type: 'need-key-frame' }
  | { readonly type: 'shed'; readonly reason: RtpShedReason; readonly count: number };

export const NO_EVENTS: readonly RtpEvent[] = [];

/** What happened during one call: sheds are summed by reason. */
export class RtpEvents {
  readonly #events: RtpEvent[] = [];
  readonly #sheds = new Map<RtpShedReason, number>();

  add(event: RtpEvent): void {
    this.#events.push(event);
  }

  shed(reason: RtpShedReason, count: number): void {
    if (count > 0) this.#sheds.set(reason, (this.#sheds.get(reason) ?? 0) + count);
  }

  all(): readonly RtpEvent[] {
    for (const [reason, count] of this.#sheds) this.#events.push({ type: 'shed', reason, count });
    return this.#events.length > 0 ? this.#events : NO_EVENTS;
  }
}
