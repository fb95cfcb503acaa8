import { describe, expect, it } from 'vitest';

import { parseWavHeader, wavSamples } from '../../../../server/cli/media/wav.ts';

const code = expect.objectContaining({ code: 'ERR_CLI_MEDIA' });

type Fmt = {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
};

/** A header with a list before the samples, as editors write it. */
function wav(
  { tag = 1, channels = 1, rate = 44_100, bits = 16 }: Fmt,
  dataBytes: number,
  extensible = false,
): Buffer {
  const fmt = Buffer.alloc(8 + (extensible ? 40 : 16));
  fmt.write('fmt ', 0);
  fmt.writeUInt32LE(fmt.length - 8, 4);
  fmt.writeUInt16LE(extensible ? 0xfffe : tag, 8);
  fmt.writeUInt16LE(channels, 10);
  fmt.writeUInt32LE(rate, 12);
  fmt.writeUInt16LE(bits, 22);
  if (extensible) fmt.writeUInt16LE(tag, 32);
  const data = Buffer.alloc(8);
  data.write('data', 0);
  data.writeUInt32LE(dataBytes, 4);
  return Buffer.concat([Buffer.from('RIFF____WAVELIST\x03\0\0\0abc\0', 'latin1'), fmt, data]);
}

describe('parseWavHeader', () => {
  it.each([
    [{}, 'pcm16'],
    [{ bits: 24, channels: 2 }, 'pcm24'],
    [{ bits: 32 }, 'pcm32'],
    [{ tag: 3, bits: 32 }, 'float32'],
  ] as const)('reads %o as %s, extensible too', (fmt, encoding) => {
    for (const extensible of [false, true]) {
      const head = wav(fmt, 480, extensible);
      const expected = { encoding, rateHz: 44_100, dataOffset: head.length, dataBytes: 480 };
      expect(parseWavHeader(head, head.length + 480)).toMatchObject(expected);
    }
  });

  it('believes the file rather than a length that a stopped recorder left behind', () => {
    const head = wav({ channels: 2 }, 0xffff_ffff);
    expect(parseWavHeader(head, head.length + 10).dataBytes).toBe(8); // two whole frames of 4 bytes
  });

  it.each([
    ['another file', Buffer.from('OggS')],
    ['mu-law', wav({ tag: 7, bits: 8 }, 8)],
    ['six channels', wav({ channels: 6 }, 8)],
    ['4 kHz', wav({ rate: 4_000 }, 8)],
    ['no samples', wav({}, 8).subarray(0, 40)],
  ])('refuses %s with ERR_CLI_MEDIA', (_, head) => {
    expect(() => parseWavHeader(head, 100)).toThrow(code);
  });
});

describe('wavSamples', () => {
  const format = (encoding: 'pcm16' | 'pcm24' | 'pcm32' | 'float32', channels: number) => ({
    encoding,
    channels,
    rateHz: 8_000,
    dataOffset: 0,
    dataBytes: 0,
  });

  it('reads every encoding', () => {
    expect(wavSamples(format('pcm16', 1), new Uint8Array(Int16Array.of(-32_768, 16_384).buffer))).toEqual(
      Float32Array.of(-1, 0.5),
    );
    expect(wavSamples(format('pcm24', 1), Uint8Array.of(0, 0, 0x80, 0, 0, 0x40))).toEqual(
      Float32Array.of(-1, 0.5),
    );
    expect(wavSamples(format('pcm32', 1), new Uint8Array(Int32Array.of(-(2 ** 31), 2 ** 30).buffer))).toEqual(
      Float32Array.of(-1, 0.5),
    );
    expect(wavSamples(format('float32', 1), new Uint8Array(Float32Array.of(-1, 0.5).buffer))).toEqual(
      Float32Array.of(-1, 0.5),
    );
  });

  it('mixes two channels and leaves a cut frame out', () => {
    const bytes = new Uint8Array(Int16Array.of(16_384, 0, 0, 16_384, 9).buffer);
    expect(wavSamples(format('pcm16', 2), bytes)).toEqual(Float32Array.of(0.25, 0.25));
  });
});
