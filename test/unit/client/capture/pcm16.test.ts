import { describe, expect, it } from 'vitest';
import { fromPcm16, pcm16 } from '../../../../client/capture/pcm16.ts';

describe('pcm16', () => {
  it('writes little-endian and clips', () => {
    expect([...pcm16(new Float32Array([0, 1, -1, 2]))]).toEqual([0, 0, 0xff, 0x7f, 0x01, 0x80, 0xff, 0x7f]);
  });

  it('comes back within half a step', () => {
    const samples = new Float32Array([0, 0.5, -0.25, 0.9999, -1]);
    const back = fromPcm16(pcm16(samples));
    for (const [n, sample] of samples.entries())
      expect(Math.abs((back[n] ?? 9) - sample)).toBeLessThan(0.5 / 32_767 + 1e-7);
  });

  it('ignores an odd last byte', () => {
    expect(fromPcm16(new Uint8Array(5))).toHaveLength(2);
  });
});
