import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RtpPacket as Oracle, RtpHeader } from 'werift';
import { parseRtp } from '../../../src/rtp/packet.ts';
import { rtpPacket } from '../../support/rtp-packetize.ts';

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const HEADER = [0x80, 96, 0x12, 0x34, 0, 0, 0, 5, 0, 0, 0, 9];

describe('parseRtp', () => {
  it('reads every field of the fixed header', () => {
    const packet = parseRtp(
      bytes(0x80, 0xe0, 0xff, 0xfe, 0xde, 0xad, 0xbe, 0xef, 0xca, 0xfe, 0xba, 0xbe, 7, 8),
    );
    expect(packet).toEqual({
      payloadType: 0x60,
      marker: true,
      sequence: 0xfffe,
      timestamp: 0xdeadbeef,
      ssrc: 0xcafebabe,
      extensions: new Map(),
      payload: bytes(7, 8),
    });
  });

  it('gives the payload as a view into a larger buffer', () => {
    const large = new Uint8Array(100);
    large.set([...HEADER, 1, 2, 3], 40);
    const payload = parseRtp(large.subarray(40, 55))?.payload;
    expect(payload).toEqual(bytes(1, 2, 3));
    expect(payload?.buffer).toBe(large.buffer);
  });

  it('skips contributing sources', () => {
    expect(parseRtp(rtpPacket({ sources: [1, 2, 3], payload: bytes(4) }))?.payload).toEqual(bytes(4));
  });

  it.each([
    ['fewer than twelve bytes', HEADER.slice(0, 11)],
    ['nothing', []],
    ['version 1', [0x40, ...HEADER.slice(1)]],
    ['version 3', [0xc0, ...HEADER.slice(1)]],
    ['contributing sources that are not there', [0x81, ...HEADER.slice(1)]],
    ['an extension header that is cut', [0x90, ...HEADER.slice(1), 0xbe, 0xde, 0]],
    ['an extension longer than the packet', [0x90, ...HEADER.slice(1), 0xbe, 0xde, 0, 2, 0, 0, 0, 0]],
    ['padding of zero bytes', [0xa0, ...HEADER.slice(1), 1, 0]],
    ['more padding than there is payload', [0xa0, ...HEADER.slice(1), 1, 3]],
  ])('refuses %s', (_, raw) => {
    expect(parseRtp(bytes(...raw))).toBeNull();
  });

  it('takes padding off, up to a payload of nothing', () => {
    expect(parseRtp(rtpPacket({ payload: bytes(1, 2), padding: 3 }))?.payload).toEqual(bytes(1, 2));
    expect(parseRtp(rtpPacket({ padding: 255 }))?.payload).toEqual(bytes());
  });

  it.each(['one-byte', 'two-byte'] as const)('reads %s extensions', (form) => {
    const packet = parseRtp(
      rtpPacket({
        form,
        extensions: [
          [3, bytes(9)],
          [13, bytes(1, 2, 3)],
        ],
        payload: bytes(5),
      }),
    );
    expect([...(packet?.extensions ?? [])]).toEqual([
      [3, bytes(9)],
      [13, bytes(1, 2, 3)],
    ]);
    expect(packet?.payload).toEqual(bytes(5));
  });

  it('reads an empty two-byte element and ids above 14', () => {
    const packet = parseRtp(
      rtpPacket({
        form: 'two-byte',
        extensions: [
          [200, bytes()],
          [15, bytes(1)],
        ],
      }),
    );
    expect([...(packet?.extensions ?? [])]).toEqual([
      [200, bytes()],
      [15, bytes(1)],
    ]);
  });

  it.each([
    ['padding between elements', [0xbe, 0xde, 0, 1, 0, 0x30, 7, 0], [[3, bytes(7)]]],
    ['what follows id 15', [0xbe, 0xde, 0, 1, 0x30, 7, 0xf0, 0x40], [[3, bytes(7)]]],
    ['what follows id 0 with a length', [0xbe, 0xde, 0, 1, 0x30, 7, 0x01, 0x40], [[3, bytes(7)]]],
    ['an element that runs over the end', [0xbe, 0xde, 0, 1, 0x30, 7, 0x4f, 1], [[3, bytes(7)]]],
    ['a two-byte element that runs over the end', [0x10, 0, 0, 1, 3, 9, 1, 1], []],
    ['a two-byte id without a length', [0x10, 0, 0, 1, 3, 1, 7, 4], [[3, bytes(7)]]],
    ['an unknown profile', [0xab, 0xcd, 0, 1, 0x30, 7, 0, 0], []],
  ])('goes on after %s', (_, block, expected) => {
    const packet = parseRtp(bytes(0x90, ...HEADER.slice(1), ...block, 42));
    expect([...(packet?.extensions ?? [])]).toEqual(expected);
    expect(packet?.payload).toEqual(bytes(42));
  });

  it('takes any bits in the lower four of the two-byte profile', () => {
    const packet = parseRtp(bytes(0x90, ...HEADER.slice(1), 0x10, 0x0f, 0, 1, 3, 1, 7, 0));
    expect([...(packet?.extensions ?? [])]).toEqual([[3, bytes(7)]]);
  });

  it('never throws and stays inside its bytes (law)', () => {
    const nearly = fc.uint8Array({ maxLength: 60 }).map((rest) => new Uint8Array([...HEADER, ...rest]));
    const flagged = fc
      .tuple(nearly, fc.integer({ min: 0x80, max: 0xbf }))
      .map(([raw, flags]) => raw.with(0, flags));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), flagged), (raw) => {
        const packet = parseRtp(raw);
        if (!packet) return;
        const parts = [packet.payload, ...packet.extensions.values()];
        expect(parts.every(({ buffer }) => buffer === raw.buffer)).toBe(true);
        expect(packet.payload.length).toBeLessThanOrEqual(raw.length - 12);
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with werift on what werift writes (law)', () => {
    const extension = fc.record({
      id: fc.integer({ min: 1, max: 14 }),
      payload: fc.uint8Array({ minLength: 1, maxLength: 16 }),
    });
    const fields = fc.record({
      payloadType: fc.integer({ min: 0, max: 127 }),
      sequenceNumber: fc.integer({ min: 0, max: 65535 }),
      timestamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      ssrc: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      marker: fc.boolean(),
      csrc: fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 15 }),
      extensions: fc.uniqueArray(extension, { selector: ({ id }) => id, maxLength: 4 }),
      twoByte: fc.boolean(),
    });
    fc.assert(
      fc.property(fields, fc.uint8Array({ maxLength: 30 }), ({ twoByte, extensions, ...header }, payload) => {
        const written = new Oracle(
          new RtpHeader({
            ...header,
            extensionProfile: twoByte ? 0x1000 : 0xbede,
            extensions: extensions.map(({ id, payload: value }) => ({ id, payload: Buffer.from(value) })),
          }),
          Buffer.from(payload),
        ).serialize();
        const packet = parseRtp(written);
        expect(packet).toMatchObject({
          payloadType: header.payloadType,
          sequence: header.sequenceNumber,
          timestamp: header.timestamp,
          ssrc: header.ssrc,
          marker: header.marker,
          payload,
        });
        expect([...(packet?.extensions ?? [])]).toEqual(
          extensions.map(({ id, payload: value }) => [id, value]),
        );
      }),
    );
  });
});
