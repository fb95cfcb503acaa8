import { describe, expect, it } from 'vitest';

import { ByteReader } from '../../../../server/cli/media/byte-reader.ts';
import { parseY4mHeader, pictureBytes, Y4mReader } from '../../../../server/cli/media/y4m.ts';

const code = expect.objectContaining({ code: 'ERR_CLI_MEDIA' });
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Bytes cut into pieces of `size`. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

describe('ByteReader', () => {
  it.each([1, 3, 100])('takes exact numbers and lines from pieces of %i bytes', async (size) => {
    const reader = new ByteReader(pieces(text('ab\ncdefgh'), size));
    expect(await reader.line(10)).toBe('ab');
    expect(await reader.take(4)).toEqual(text('cdef'));
    expect(await reader.take(4)).toEqual(text('gh'));
    expect(await reader.line(10)).toBeNull();
  });
});

describe('parseY4mHeader', () => {
  it('reads size and rate', () => {
    const header = parseY4mHeader('YUV4MPEG2 W321 H240 F30000:1001 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2');
    expect(header).toEqual({ width: 321, height: 240, rate: [30_000, 1_001] });
    expect(pictureBytes(header)).toBe(321 * 240 + 2 * 161 * 120);
  });

  it.each([
    'RIFF W320 H240 F15:1',
    'YUV4MPEG2 H240 F15:1',
    'YUV4MPEG2 W99999 H240 F15:1',
    'YUV4MPEG2 W320 H240',
    'YUV4MPEG2 W320 H240 F0:0',
    'YUV4MPEG2 W320 H240 F15:1 C444',
    'YUV4MPEG2 W320 H240 F15:1 C420p10',
  ])('refuses "%s" with ERR_CLI_MEDIA', (header) => {
    expect(() => parseY4mHeader(header)).toThrow(code);
  });
});

describe('Y4mReader', () => {
  const picture = (level: number) => join(text('FRAME\n'), new Uint8Array(4 * 2 + 2 * 2).fill(level));
  const file = join(
    text('YUV4MPEG2 W4 H2 F10:1 C420\n'),
    picture(1),
    picture(2),
    text('FRAME\n'),
    text('cut'),
  );

  it('gives pictures at their time and leaves a cut one out', async () => {
    const reader = await Y4mReader.open(pieces(file, 7));
    const got: [number, number | undefined][] = [];
    for await (const { at, picture } of reader.pictures()) got.push([at, picture.data[11]]);
    expect(got).toEqual([
      [0, 1],
      [100_000, 2],
    ]);
  });

  it('refuses what is no picture with ERR_CLI_MEDIA', async () => {
    const reader = await Y4mReader.open(pieces(join(text('YUV4MPEG2 W4 H2 F10:1\nNOISE\n')), 9));
    await expect(reader.pictures().next()).rejects.toThrow(code);
  });
});
