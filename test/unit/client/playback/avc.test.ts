import { describe, expect, it } from 'vitest';
import { avcCodec, DEFAULT_AVC } from '../../../../client/playback/avc.ts';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe('avcCodec', () => {
  it('reads profile, constraints and level of the first sequence parameter set', () => {
    expect(avcCodec(bytes(0, 0, 0, 1, 0x67, 0x4d, 0x00, 0x1e, 0x95))).toBe('avc1.4d001e');
  });

  it('finds it behind another unit, with a start code of three bytes', () => {
    const delimiter = [0, 0, 0, 1, 0x09, 0xf0];
    expect(avcCodec(bytes(...delimiter, 0, 0, 1, 0x27, 0x64, 0x00, 0x28, 0xac))).toBe('avc1.640028');
  });

  it('takes the usual profile where there is none', () => {
    expect(avcCodec(bytes(0, 0, 0, 1, 0x65, 1, 2, 3, 4))).toBe(DEFAULT_AVC);
    expect(avcCodec(bytes())).toBe(DEFAULT_AVC);
    expect(avcCodec(bytes(0, 0, 0, 1, 0x67, 0x4d))).toBe(DEFAULT_AVC); // cut off
  });
});
