import { describe, expect, it } from 'vitest';
import { OpusDepacketizer } from '../../../src/rtp/opus.ts';

describe('OpusDepacketizer', () => {
  it('gives each payload as a key frame in a buffer of its own', () => {
    const payload = new Uint8Array([1, 2, 3]);
    const [assembled] = new OpusDepacketizer().push({ timestamp: 960, marker: false, payload });
    payload.fill(0);
    const data = new Uint8Array([1, 2, 3]);
    expect(assembled).toEqual({ type: 'frame', frame: { timestamp: 960, key: true, temporalId: 0, data } });
  });

  it('passes over a padding probe', () => {
    const payload = new Uint8Array(0);
    expect(new OpusDepacketizer().push({ timestamp: 0, marker: true, payload })).toEqual([]);
  });
});
