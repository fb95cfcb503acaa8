import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dePacketizeRtpPackets, RtpPacket, Vp8RtpPayload } from 'werift';
import { parseVp8Descriptor, Vp8Format } from '../../../src/rtp/vp8.ts';
import {
  Packetizer,
  type Vp8Layer,
  vp8Descriptor,
  vp8Frame,
  vp8Payloads,
} from '../../support/rtp-packetize.ts';

const NONE = {
  droppable: false,
  pictureId: null,
  baseIndex: null,
  temporalId: 0,
  sync: false,
  keyIndex: null,
};

describe('parseVp8Descriptor', () => {
  it.each([
    ['one byte, start', [0x10], { ...NONE, length: 1, startsFrame: true }],
    ['one byte, not the start', [0x00], { ...NONE, length: 1, startsFrame: false }],
    ['the start of a later partition', [0x11], { ...NONE, length: 1, startsFrame: false }],
    ['N', [0x30], { ...NONE, length: 1, startsFrame: true, droppable: true }],
    ['X with nothing', [0x90, 0x00], { ...NONE, length: 2, startsFrame: true }],
    ['a PictureID of 7 bits', [0x90, 0x80, 0x7f], { ...NONE, length: 3, startsFrame: true, pictureId: 127 }],
    [
      'a PictureID of 15 bits',
      [0x90, 0x80, 0xff, 0xfe],
      { ...NONE, length: 4, startsFrame: true, pictureId: 0x7ffe },
    ],
    ['TL0PICIDX', [0x90, 0x40, 200], { ...NONE, length: 3, startsFrame: true, baseIndex: 200 }],
    [
      'TID and Y without K',
      [0x90, 0x20, 0xa5],
      { ...NONE, length: 3, startsFrame: true, temporalId: 2, sync: true },
    ],
    ['KEYIDX without T', [0x90, 0x10, 0xff], { ...NONE, length: 3, startsFrame: true, keyIndex: 31 }],
    [
      'everything',
      [0xb0, 0xf0, 0x81, 0x02, 7, 0x65],
      {
        length: 6,
        startsFrame: true,
        droppable: true,
        pictureId: 258,
        baseIndex: 7,
        temporalId: 1,
        sync: true,
        keyIndex: 5,
      },
    ],
  ])('reads %s', (_, descriptor, expected) => {
    expect(parseVp8Descriptor(new Uint8Array([...descriptor, 1, 2]))).toEqual(expected);
  });

  it.each([
    ['nothing', []],
    ['the first byte alone', [0x10]],
    ['X without its byte', [0x90]],
    ['half a PictureID', [0x90, 0x80, 0x80]],
    ['a descriptor with nothing behind it', [0x90, 0xf0, 0x81, 0x02, 7, 0x65]],
  ])('refuses %s', (_, payload) => {
    expect(parseVp8Descriptor(new Uint8Array(payload))).toBeNull();
  });

  it('never throws, and ends inside the payload (law)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (payload) => {
        expect(parseVp8Descriptor(payload)?.length ?? 0).toBeLessThan(Math.max(1, payload.length));
      }),
    );
  });

  it('undoes what the packetizer writes (law)', () => {
    const maybe = (max: number) => fc.option(fc.integer({ min: 0, max }), { nil: undefined });
    const layers = fc.record({
      pictureId: maybe(127),
      short: fc.boolean(),
      baseIndex: maybe(255),
      temporalId: maybe(3),
      keyIndex: maybe(31),
    });
    fc.assert(
      fc.property(layers, fc.boolean(), fc.boolean(), ({ short, ...given }, sync, start) => {
        const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        const layer: Vp8Layer = { short, sync, ...present };
        const parsed = parseVp8Descriptor(new Uint8Array([...vp8Descriptor(start, layer), 1]));
        expect(parsed).toMatchObject({
          startsFrame: start,
          pictureId: given.pictureId ?? null,
          baseIndex: given.baseIndex ?? null,
          temporalId: given.temporalId ?? 0,
          sync: given.temporalId !== undefined && sync,
          keyIndex: given.keyIndex ?? null,
        });
      }),
    );
  });

  it('agrees with werift wherever K comes with T (law)', () => {
    // werift does not skip the byte of T where neither L nor K is set
    const payloads = fc.uint8Array({ minLength: 8, maxLength: 12 });
    const readable = payloads.filter(([first = 0, x = 0]) => (first & 0x80) === 0 || (x & 0x70) !== 0x20);
    fc.assert(
      fc.property(readable, (payload) => {
        const [first = 0, x = 0] = payload;
        fc.pre((first & 0x80) === 0 || (x & 0x40) === 0 || (x & 0x30) !== 0); // and skips it where only L is
        const oracle = Vp8RtpPayload.deSerialize(Buffer.from(payload));
        const ours = parseVp8Descriptor(payload);
        expect(ours?.length).toBe(payload.length - oracle.payload.length);
        expect(ours?.startsFrame).toBe(oracle.payloadHeaderExist);
        expect(ours?.pictureId).toBe(oracle.pictureId ?? null);
      }),
    );
  });
});

describe('Vp8Format', () => {
  it('joins payloads to the frame and knows a key frame, as werift does (law)', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: 3, max: 5000 }),
        fc.integer({ min: 3, max: 1200 }),
        (key, length, most) => {
          const frame = vp8Frame(key, length);
          const payloads = vp8Payloads(
            frame,
            { pictureId: 5, baseIndex: 3, temporalId: 0, keyIndex: 1 },
            most,
          );
          const format = new Vp8Format();
          format.begin();
          for (const payload of payloads) {
            expect(format.inspect(payload)).not.toBeNull();
            expect(format.append(payload)).toBe(true);
          }
          expect(format.finish()).toEqual({ key, data: frame });
          const packets = new Packetizer()
            .frame(payloads, 0)
            .map((raw) => RtpPacket.deSerialize(Buffer.from(raw)));
          const oracle = dePacketizeRtpPackets('VP8', packets);
          expect([oracle.isKeyframe, new Uint8Array(oracle.data)]).toEqual([key, frame]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuses a frame of more than 4 MiB', () => {
    const format = new Vp8Format();
    const payload = new Uint8Array(60_000).fill(0x10, 0, 1);
    format.begin();
    const accepted = Array.from(
      { length: 80 },
      () => format.inspect(payload) !== null && format.append(payload),
    );
    expect(accepted.indexOf(false)).toBe(69); // 69 payloads of 59,999 bytes are 4,139,931; 4 MiB is 4,194,304
  });
});
