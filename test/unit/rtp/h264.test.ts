import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dePacketizeRtpPackets, RtpPacket } from 'werift';
import { H264Format } from '../../../src/rtp/h264.ts';
import { annexB, fuA, h264Payloads, h264Slice, Packetizer, stapA } from '../../support/rtp-packetize.ts';

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const SPS = bytes(0x67, 0x42, 0xe0, 0x1f);
const PPS = bytes(0x68, 0xce, 0x3c);
const SEI = bytes(0x06, 5, 1, 9, 0x80);
const DELIMITER = bytes(0x09, 0x10);
const IDR = h264Slice(true, 40);
const DELTA = h264Slice(false, 30);
const SECOND_SLICE = bytes(0x41, 0x40, 3); // its first macroblock is not 0

function assemble(
  payloads: readonly Uint8Array[],
  format = new H264Format(),
): ReturnType<H264Format['finish']> {
  format.begin();
  for (const payload of payloads) {
    expect(format.inspect(payload)).not.toBeNull();
    expect(format.append(payload)).toBe(true);
  }
  return format.finish();
}

describe('H264Format', () => {
  it.each([
    ['a single slice', [DELTA], false, [DELTA]],
    ['a single IDR slice', [IDR], true, [IDR]],
    ['an IDR inside a STAP-A', [stapA([SPS, PPS, IDR])], true, [SPS, PPS, IDR]],
    ['an IDR in fragments', fuA(IDR, 7), true, [IDR]],
    ['parameter sets, then fragments', [stapA([SPS, PPS]), ...fuA(IDR, 16)], true, [SPS, PPS, IDR]],
    [
      'fragments of a unit with every bit of its header set',
      fuA(IDR.with(0, 0xe5), 7),
      true,
      [IDR.with(0, 0xe5)],
    ],
    ['two slices', [DELTA, SECOND_SLICE], false, [DELTA, SECOND_SLICE]],
    ['delimiter and SEI before a slice', [DELIMITER, SEI, DELTA], false, [DELIMITER, SEI, DELTA]],
    [
      'a delta whose second byte looks like an IDR',
      [bytes(0x41, 0x85, 0x65)],
      false,
      [bytes(0x41, 0x85, 0x65)],
    ],
  ])('makes Annex B of %s', (_, payloads, key, units) => {
    expect(assemble(payloads)).toEqual({ key, data: annexB(units) });
  });

  it('gives nothing for a unit without a picture', () => {
    expect(assemble([SPS, PPS])).toBeNull();
    expect(assemble([DELIMITER, SEI])).toBeNull();
  });

  it('puts the last parameter sets before a key frame that comes without', () => {
    const format = new H264Format();
    const newer = bytes(0x67, 0x64, 0, 1);
    expect(assemble([SPS, PPS], format)).toBeNull(); // sent alone
    expect(assemble([IDR], format)?.data).toEqual(annexB([SPS, PPS, IDR]));
    expect(assemble([newer, PPS, IDR], format)?.data).toEqual(annexB([newer, PPS, IDR]));
    expect(assemble([DELTA], format)?.data).toEqual(annexB([DELTA]));
    expect(assemble([IDR], format)?.data).toEqual(annexB([newer, PPS, IDR]));
  });

  it.each([
    ['a single slice', DELTA, true, false],
    ['a later slice', SECOND_SLICE, false, false],
    ['an IDR slice', IDR, true, true],
    ['an SPS', SPS, true, true],
    ['a PPS', PPS, true, false],
    ['a delimiter', DELIMITER, true, false],
    ['a STAP-A with an IDR', stapA([SEI, IDR]), true, true],
    ['the first fragment of an IDR', fuA(IDR, 10)[0] ?? bytes(), true, true],
    ['a later fragment of an IDR', fuA(IDR, 10)[1] ?? bytes(), false, true],
    ['the first fragment of a later slice', fuA(SECOND_SLICE, 1)[0] ?? bytes(), false, false],
  ])('tells from %s whether a frame begins and is a key frame', (_, payload, begins, key) => {
    expect(new H264Format().inspect(payload)).toMatchObject({ begins, key });
  });

  it.each([
    ['type 0', bytes(0, 1)],
    ['STAP-B', bytes(25, 0, 0, 0, 1, 0x41)],
    ['MTAP16', bytes(26, 0, 0, 0, 1, 0x41)],
    ['FU-B', bytes(29, 0x85, 0, 1, 2)],
    ['types 30 and 31', bytes(31, 1, 2, 3)],
    ['a STAP-A of nothing', bytes(24)],
    ['a STAP-A whose size runs over the end', bytes(24, 0, 3, 0x41, 1)],
    ['a STAP-A with half a size', bytes(24, 0, 1, 0x41, 0)],
    ['a STAP-A with an empty unit', bytes(24, 0, 0, 0, 1, 0x41)],
    ['a STAP-A in a STAP-A', bytes(24, 0, 2, 24, 0)],
    ['a FU-A without a byte of its unit', bytes(28, 0x85)],
    ['a FU-A of a FU-A', bytes(28, 0x80 | 28, 1, 2)],
  ])('refuses %s', (_, payload) => {
    expect(new H264Format().inspect(payload)).toBeNull();
  });

  it('refuses a fragment whose first one is missing', () => {
    const format = new H264Format();
    const [, second = bytes()] = fuA(IDR, 10);
    format.begin();
    expect(format.append(second)).toBe(false);
  });

  it('does not go on with a fragment after another unit, or in another frame', () => {
    const format = new H264Format();
    const [first = bytes(), second = bytes()] = fuA(IDR, 20);
    format.begin();
    expect([first, SEI, second].map((payload) => format.append(payload))).toEqual([true, true, false]);
    format.begin();
    expect(format.append(first)).toBe(true);
    format.begin();
    expect(format.append(second)).toBe(false);
  });

  it('keeps at most 16 parameter sets of a kind, and none over 1 KiB', () => {
    const format = new H264Format();
    const many = Array.from({ length: 20 }, (_, i) => bytes(0x68, i));
    const [large, largest] = [1025, 1024].map((length) => new Uint8Array(length).fill(0x67));
    assemble([large ?? SPS, largest ?? SPS, ...many], format);
    expect(assemble([IDR], format)?.data).toEqual(annexB([largest ?? SPS, ...many.slice(0, 16), IDR]));
  });

  it('never throws, whatever the payloads (law)', () => {
    const payload = fc.uint8Array({ minLength: 1, maxLength: 40 });
    const likely = fc
      .tuple(fc.constantFrom(24, 28, 5, 7, 8, 1), payload)
      .map(([type, rest]) => bytes(type, ...rest));
    fc.assert(
      fc.property(fc.array(fc.oneof(payload, likely), { maxLength: 20 }), (payloads) => {
        const format = new H264Format();
        format.begin();
        for (const each of payloads) if (format.inspect(each)) format.append(each);
        format.finish();
      }),
    );
  });

  it('undoes packetizing for units of any size, and agrees with werift (law)', () => {
    const slices = fc.array(fc.integer({ min: 3, max: 4000 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(slices, fc.boolean(), fc.integer({ min: 20, max: 1400 }), (lengths, key, most) => {
        const pictures = lengths.map((length, i) => h264Slice(key, length, i));
        const units = key ? [SPS, PPS, ...pictures] : pictures;
        const payloads = h264Payloads(units, most);
        expect(assemble(payloads)).toEqual({ key, data: annexB(units) });
        const packets = new Packetizer()
          .frame(payloads, 0)
          .map((raw) => RtpPacket.deSerialize(Buffer.from(raw)));
        const oracle = dePacketizeRtpPackets('MPEG4/ISO/AVC', packets);
        expect([oracle.isKeyframe, new Uint8Array(oracle.data)]).toEqual([key, annexB(units)]);
      }),
      { numRuns: 50 },
    );
  });
});
