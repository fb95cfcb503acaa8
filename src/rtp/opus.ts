/**
 * Opus in RTP (RFC 7587): one packet of the codec in each payload.
 */
import type { Assembled, Depacketizer, MediaPacket } from './payload-format.ts';

/** A gap needs nothing: each packet can be decoded by itself, and the stamps show how long the hole is. */
export class OpusDepacketizer implements Depacketizer {
  push({ timestamp, payload }: MediaPacket): readonly Assembled[] {
    if (payload.length === 0) return [];
    const data = new Uint8Array(payload);
    return [{ type: 'frame', frame: { timestamp, key: true, temporalId: 0, data } }];
  }

  prefer(): void {}
}
