import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Micros, micros, microsFromMillis, millis } from '../../../proto/units.ts';
import {
  type RtpEvent,
  type RtpShedReason,
  RtpTrack,
  type RtpTrackOptions,
  type RtpUnit,
} from '../../../src/rtp/rtp-track.ts';
import {
  absCaptureTime,
  annexB,
  h264Payloads,
  h264Slice,
  Packetizer,
  type RtpFields,
  rtpPacket,
  vp8Frame,
  vp8Payloads,
} from '../../support/rtp-packetize.ts';

const STAMP_ID = 13;
const NOON = Date.UTC(2026, 10, 23, 12) * 1e3; // microseconds
const VIDEO: RtpTrackOptions = {
  codec: 'vp8',
  clockRateHz: 90_000,
  payloadType: 96,
  absCaptureTimeId: STAMP_ID,
};
const AUDIO: RtpTrackOptions = {
  codec: 'opus',
  clockRateHz: 48_000,
  payloadType: 96,
  absCaptureTimeId: STAMP_ID,
};

const ms = (value: number): Micros => microsFromMillis(millis(value));
const stamp = (at: number): RtpFields => ({ extensions: [[STAMP_ID, absCaptureTime(at)]] });
const unitsOf = (events: readonly RtpEvent[]): RtpUnit[] =>
  events.flatMap((event) => (event.type === 'unit' ? [event.unit] : []));
const asksOf = (events: readonly RtpEvent[]): number =>
  events.filter(({ type }) => type === 'need-key-frame').length;

function shedsOf(events: readonly RtpEvent[]): Partial<Record<RtpShedReason, number>> {
  const counts: Partial<Record<RtpShedReason, number>> = {};
  for (const event of events)
    if (event.type === 'shed') counts[event.reason] = (counts[event.reason] ?? 0) + event.count;
  return counts;
}

/** Pushes packets 1 ms apart, from `start` on. */
function pushAll(track: RtpTrack, packets: readonly Uint8Array[], start = 0): RtpEvent[] {
  return packets.flatMap((packet, i) => [...track.push(packet, ms(start + i))]);
}

/** An Opus stream: packet n is captured 20 ms after the one before and holds the byte n. */
const sound = (n: number, fields: RtpFields = {}): Uint8Array =>
  rtpPacket({ sequence: n, timestamp: 960 * n, payload: new Uint8Array([n]), ...fields });
const bytesOf = (events: readonly RtpEvent[]): number[] =>
  unitsOf(events).map(({ data: [first = -1] }) => first);

describe('RtpTrack', () => {
  it('stamps each unit by the sender clock, whenever it comes', () => {
    const track = new RtpTrack(AUDIO);
    const events = [
      ...track.push(sound(0, stamp(NOON)), ms(0)),
      ...track.push(sound(1), ms(500)),
      ...track.push(sound(2), ms(501)),
    ];
    expect(unitsOf(events)).toEqual(
      [0, 1, 2].map((n) => ({
        key: true,
        temporalId: 0,
        data: new Uint8Array([n]),
        capturedAt: NOON + 20_000 * n,
      })),
    );
  });

  it('keeps nothing of the bytes it was given', () => {
    const track = new RtpTrack(AUDIO);
    const give = (packet: Uint8Array, at: number): RtpEvent[] => {
      const events = [...track.push(packet, ms(at))];
      packet.fill(0xff);
      return events;
    };
    const events = [...give(sound(0, stamp(NOON)), 0), ...give(sound(2), 1), ...give(sound(1), 2)];
    expect(bytesOf(events)).toEqual([0, 1, 2]);
    for (const { data } of unitsOf(events)) expect(data.buffer.byteLength).toBe(1);
  });

  it('goes on over the wraps of sequence numbers and timestamps', () => {
    const track = new RtpTrack(AUDIO);
    const fields = (n: number): RtpFields => ({ sequence: 65_534 + n, timestamp: 2 ** 32 - 960 + 960 * n });
    const events = pushAll(
      track,
      [0, 1, 3, 2, 4].map((n) => sound(n, { ...fields(n), ...(n === 0 ? stamp(NOON) : {}) })),
    );
    expect(bytesOf(events)).toEqual([0, 1, 2, 3, 4]);
    expect(unitsOf(events).map(({ capturedAt }) => capturedAt - NOON)).toEqual([0, 20e3, 40e3, 60e3, 80e3]);
  });

  it('sheds what is not RTP, what is foreign, late and doubled, each by its name', () => {
    const track = new RtpTrack({ ...AUDIO, giveUp: millis(10) });
    const events = [
      ...pushAll(track, [
        sound(0, stamp(NOON)),
        new Uint8Array([1, 2, 3]),
        sound(1, { ssrc: 99 }),
        sound(1, { payloadType: 97 }),
        sound(0),
        sound(2),
      ]),
      ...track.push(sound(3), ms(100)), // 1 is given up
      ...track.push(sound(1), ms(101)),
    ];
    expect(bytesOf(events)).toEqual([0, 2, 3]);
    expect(shedsOf(events)).toEqual({
      'rtp-malformed': 1,
      'rtp-foreign': 2,
      'rtp-duplicate': 1,
      'rtp-lost': 1,
      'rtp-late': 1,
    });
    expect(track.stats).toMatchObject({ packets: 5, lost: 1, late: 1, duplicates: 1, frames: 3 });
  });

  it('is not bound to the SSRC of a packet of another payload type', () => {
    const track = new RtpTrack(AUDIO);
    const events = pushAll(track, [sound(0, { payloadType: 97, ssrc: 5 }), sound(0, stamp(NOON))]);
    expect(bytesOf(events)).toEqual([0]);
  });

  it('gives up in a tick, where no packet comes', () => {
    const track = new RtpTrack(AUDIO);
    pushAll(track, [sound(0, stamp(NOON)), sound(2)]); // at 0 and 1 ms
    expect(track.tick(ms(350))).toEqual([]);
    const events = track.tick(ms(351));
    expect([bytesOf(events), shedsOf(events)]).toEqual([[2], { 'rtp-lost': 1 }]);
  });

  it('goes on after a jump of the sequence numbers, forward and back', () => {
    const track = new RtpTrack(AUDIO);
    const events = pushAll(track, [
      sound(0, stamp(NOON)),
      sound(1, { sequence: 5000 }),
      sound(2, { sequence: 5001 }),
      sound(3, { sequence: 50 }),
      sound(4, { sequence: 51 }),
      sound(5, { sequence: 52 }),
    ]);
    expect(bytesOf(events)).toEqual([0, 1, 2, 4, 5]); // the first one from behind is taken for a late one
    expect(shedsOf(events)).toEqual({ 'rtp-lost': 4999, 'rtp-late': 1 });
  });

  it('reset takes another SSRC with another clock, and keeps the counts', () => {
    const track = new RtpTrack(AUDIO);
    pushAll(track, [sound(0, stamp(NOON)), sound(0)]);
    track.reset();
    expect(track.push(sound(7, { ssrc: 2, sequence: 9000, timestamp: 77 }), ms(9))).toEqual([]); // no clock yet
    const events = track.push(
      sound(8, { ssrc: 2, sequence: 9001, timestamp: 77 + 960, ...stamp(NOON) }),
      ms(10),
    );
    expect(unitsOf(events).map(({ capturedAt }) => capturedAt - NOON)).toEqual([-20e3, 0]);
    expect(track.stats).toMatchObject({ packets: 4, duplicates: 1, frames: 3 });
  });

  it('counts packets, bytes and jitter', () => {
    const track = new RtpTrack(AUDIO);
    track.push(sound(0, stamp(NOON)), ms(0));
    track.push(sound(1), ms(36)); // 16 ms late
    expect(track.stats).toEqual({
      packets: 2,
      bytes: sound(0, stamp(NOON)).length + sound(1).length,
      lost: 0,
      late: 0,
      duplicates: 0,
      outOfOrder: 0,
      frames: 2,
      jitterUs: 16_000 / 16,
    });
  });

  describe('before it knows the clock', () => {
    it('holds units until abs-capture-time comes', () => {
      const track = new RtpTrack(AUDIO);
      expect(pushAll(track, [sound(0), sound(1)])).toEqual([]);
      const units = unitsOf(track.push(sound(2, stamp(NOON)), ms(2)));
      expect(units.map(({ capturedAt }) => capturedAt - NOON)).toEqual([-40e3, -20e3, 0]);
    });

    it('holds units until a sender report comes', () => {
      const track = new RtpTrack(AUDIO);
      pushAll(track, [sound(0), sound(1)]);
      const units = unitsOf(track.senderReport({ ntp: micros(NOON), rtpTimestamp: 960 * 50 }));
      expect(units.map(({ capturedAt }) => capturedAt - NOON)).toEqual([-1e6, -980e3]);
    });

    it('uses a report that came before the first packet, also over the wrap of timestamps', () => {
      const track = new RtpTrack(AUDIO);
      expect(track.senderReport({ ntp: micros(NOON), rtpTimestamp: 2 ** 32 - 960 })).toEqual([]);
      expect(unitsOf(track.push(sound(0), ms(0))).map(({ capturedAt }) => capturedAt - NOON)).toEqual([20e3]);
    });

    it('sheds the oldest after 3 s', () => {
      const track = new RtpTrack(AUDIO);
      const events = pushAll(
        track,
        Array.from({ length: 160 }, (_, n) => sound(n)),
      );
      expect(events).toEqual(Array(9).fill({ type: 'shed', reason: 'rtp-no-clock', count: 1 })); // 151 span 3 s
      expect(bytesOf(track.push(sound(160, stamp(NOON)), ms(0))).length).toBe(152);
    });

    it('asks for a key frame when it had to shed the one it held', () => {
      const track = new RtpTrack(VIDEO);
      const stream = new Packetizer();
      const frames = Array.from(
        { length: 50 },
        (_, i) => stream.frame(vp8Payloads(vp8Frame(i === 0, 10)), 6000 * i), // 15 a second
      );
      const events = pushAll(track, frames.flat()); // within 50 ms of arrival
      expect([asksOf(events), shedsOf(events)]).toEqual([1, { 'rtp-no-clock': 50 }]);
    });
  });

  it('trusts abs-capture-time over reports, until it has been missing for 10 s', () => {
    const track = new RtpTrack(AUDIO);
    const report = (seconds: number): readonly RtpEvent[] =>
      track.senderReport({ ntp: micros(NOON + seconds * 1e6 + 3000), rtpTimestamp: 48_000 * seconds });
    const errorOf = (n: number): number =>
      (unitsOf(track.push(sound(0, { sequence: n, timestamp: 960 * n }), ms(20 * n)))[0]?.capturedAt ?? 0) -
      (NOON + 20_000 * n);
    track.push(sound(0, stamp(NOON)), ms(0));
    report(1);
    expect(errorOf(1)).toBe(0);
    report(10);
    expect(errorOf(2)).toBe(3000);
  });

  it('never reads a stamp where none was negotiated', () => {
    const track = new RtpTrack({ ...AUDIO, absCaptureTimeId: null });
    expect(track.push(sound(0, stamp(NOON)), ms(0))).toEqual([]);
  });

  describe('with video', () => {
    const started = (): { track: RtpTrack; stream: Packetizer } => {
      const [track, stream] = [new RtpTrack(VIDEO), new Packetizer()];
      const events = pushAll(track, stream.frame(vp8Payloads(vp8Frame(true, 3000)), 0, stamp(NOON)));
      expect(unitsOf(events).map(({ key, data }) => [key, data.length])).toEqual([[true, 3000]]);
      return { track, stream };
    };
    const delta = (stream: Packetizer, n: number): Uint8Array[] =>
      stream.frame(vp8Payloads(vp8Frame(false, 2000)), 6000 * n);

    it('asks once after a loss, then once a second, and starts again with a key frame', () => {
      const { track, stream } = started();
      delta(stream, 1); // lost on the way
      const asks: number[] = [];
      for (let n = 2; n < 40; n++) {
        const at = Math.round((1000 * n) / 15);
        const events = [...pushAll(track, delta(stream, n), at), ...track.tick(ms(at + 30))];
        expect(unitsOf(events)).toEqual([]);
        if (asksOf(events) > 0) asks.push(n);
      }
      // frame 2 came at 133 ms, so that the gap is given up in the tick after frame 7; then a second, to the next frame
      expect(asks).toEqual([7, 23, 38]);
      const events = pushAll(track, stream.frame(vp8Payloads(vp8Frame(true, 100)), 6000 * 40), 3000);
      expect(unitsOf(events).map(({ key, capturedAt }) => [key, capturedAt - NOON])).toEqual([
        [true, 2_666_667],
      ]);
      expect(track.stats).toMatchObject({ lost: 2, frames: 2 });
    });

    it('waits for a key frame after a restart of the sequence numbers', () => {
      const { track } = started();
      const anew = new Packetizer({ sequence: 65_536 - 10_000 });
      const small = (n: number): Uint8Array[] => anew.frame(vp8Payloads(vp8Frame(false, 10)), 6000 * n);
      const events = [1, 2, 3].flatMap((n) => pushAll(track, small(n)));
      expect([unitsOf(events), asksOf(events)]).toEqual([[], 1]);
      expect(unitsOf(pushAll(track, anew.frame(vp8Payloads(vp8Frame(true, 10)), 24_000))).length).toBe(1);
    });

    it('carries the temporal layer', () => {
      const { track, stream } = started();
      const payloads = vp8Payloads(vp8Frame(false, 10), { temporalId: 2, baseIndex: 0 });
      expect(unitsOf(pushAll(track, stream.frame(payloads, 6000)))).toMatchObject([
        { temporalId: 2, key: false },
      ]);
    });

    it('passes over padding probes', () => {
      const { track, stream } = started();
      const probe = stream.frame([new Uint8Array(0)], 0, { padding: 200 });
      expect(pushAll(track, probe)).toEqual([]);
      expect(unitsOf(pushAll(track, delta(stream, 1))).length).toBe(1);
    });

    it('bounds a frame that never ends', () => {
      const { track, stream } = started();
      const payloads = Array.from({ length: 4000 }, (_, i) =>
        vp8Payloads(vp8Frame(false, 1180))[0]?.with(0, i ? 0 : 0x10),
      );
      const events = pushAll(
        track,
        stream.frame(
          payloads.flatMap((payload) => payload ?? []),
          6000,
        ),
      );
      expect(shedsOf(events)).toEqual({ 'rtp-malformed': 1 });
    });
  });

  describe('laws', () => {
    it('takes any bytes without throwing', () => {
      const codecs = fc.constantFrom('opus', 'vp8', 'h264');
      const fields = fc.record({
        sequence: fc.integer({ min: 0, max: 65_535 }),
        timestamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        marker: fc.boolean(),
        payload: fc.uint8Array({ maxLength: 30 }),
        extensions: fc.array(
          fc.tuple(fc.integer({ min: 1, max: 14 }), fc.uint8Array({ minLength: 1, maxLength: 16 })),
          { maxLength: 2 },
        ),
      });
      const packets = fc.array(fc.oneof(fields.map(rtpPacket), fc.uint8Array({ maxLength: 40 })), {
        maxLength: 60,
      });
      fc.assert(
        fc.property(codecs, packets, (codec, raw) => {
          const track = new RtpTrack({ ...VIDEO, codec });
          for (const [i, packet] of raw.entries()) track.push(packet, ms(i * 30));
          track.tick(ms(1e6));
          track.senderReport({ ntp: micros(NOON), rtpTimestamp: 1 });
        }),
        { numRuns: 300 },
      );
    });

    /** Each packet comes up to 300 ms late, so that none is given up; some come twice. The first one is the first. */
    const roads = fc.record({
      delays: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 40 }),
      twice: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
      sequence: fc.integer({ min: 0, max: 65_535 }),
      timestamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    type Road = { delays: number[]; twice: boolean[]; sequence: number; timestamp: number };
    const pick = <T>(list: readonly T[], i: number): T | undefined => list[i % list.length];

    function travel(
      packets: readonly Uint8Array[],
      { delays, twice }: Road,
    ): { packet: Uint8Array; at: number }[] {
      const copies = packets.flatMap((packet, i) => {
        const at = i * 3 + (i === 0 ? 0 : (pick(delays, i) ?? 0));
        return pick(twice, i)
          ? [
              { packet, at },
              { packet, at: at + (pick(delays, 3 * i + 1) ?? 0) },
            ]
          : [{ packet, at }];
      });
      return copies.sort((a, b) => a.at - b.at);
    }

    function deliver(options: RtpTrackOptions, packets: readonly Uint8Array[], road: Road): RtpEvent[] {
      const track = new RtpTrack(options);
      const events = travel(packets, road).flatMap(({ packet, at }) => [...track.push(packet, ms(at))]);
      expect(track.stats).toMatchObject({ lost: 0, late: 0 });
      return events;
    }

    const sizes = fc.array(fc.integer({ min: 3, max: 4000 }), { minLength: 1, maxLength: 12 });

    it('gives VP8 frames of any size as they were, whatever order and doubles the packets come in', () => {
      fc.assert(
        fc.property(sizes, roads, fc.integer({ min: 50, max: 1300 }), (lengths, road, most) => {
          const frames = lengths.map((length, i) => vp8Frame(i % 5 === 0, length, i));
          const stream = new Packetizer({ sequence: road.sequence });
          const packets = frames.flatMap((frame, i) =>
            stream.frame(
              vp8Payloads(frame, { pictureId: i, baseIndex: i, temporalId: 0 }, most),
              road.timestamp + 6000 * i,
              i === 0 ? stamp(NOON) : {},
            ),
          );
          expect(unitsOf(deliver(VIDEO, packets, road))).toEqual(
            frames.map((data, i) => ({
              key: i % 5 === 0,
              temporalId: 0,
              data,
              capturedAt: NOON + Math.round((i * 1e6) / 15),
            })),
          );
        }),
        { numRuns: 40 },
      );
    });

    it('gives H264 access units of any size as they were, whatever order and doubles the packets come in', () => {
      const sets = [new Uint8Array([0x67, 1, 2, 3]), new Uint8Array([0x68, 1, 2])];
      fc.assert(
        fc.property(sizes, roads, fc.integer({ min: 50, max: 1300 }), (lengths, road, most) => {
          const units = lengths.map((length, i) => {
            const slice = h264Slice(i % 5 === 0, length, i);
            return i % 5 === 0 ? [...sets, slice] : [slice];
          });
          const stream = new Packetizer({ sequence: road.sequence });
          const packets = units.flatMap((unit, i) =>
            stream.frame(h264Payloads(unit, most), road.timestamp + 6000 * i, i === 0 ? stamp(NOON) : {}),
          );
          const got = unitsOf(deliver({ ...VIDEO, codec: 'h264' }, packets, road));
          expect(got.map(({ key, data }) => [key, data])).toEqual(
            units.map((unit, i) => [i % 5 === 0, annexB(unit)]),
          );
        }),
        { numRuns: 40 },
      );
    });

    it('never gives a frame that lost a packet, nor one that depends on it', () => {
      const losses = fc.array(fc.nat({ max: 59 }), { minLength: 1, maxLength: 10 });
      fc.assert(
        fc.property(losses, fc.integer({ min: 3, max: 12 }), (lost, interval) => {
          const stream = new Packetizer();
          const frames = Array.from({ length: 20 }, (_, i) =>
            stream.frame(
              vp8Payloads(vp8Frame(i % interval === 0, 900, i), {}, 300),
              6000 * i,
              stamp(NOON + i * 66_667),
            ),
          );
          const track = new RtpTrack(VIDEO);
          const events = frames
            .flat()
            .flatMap((packet, i) => (lost.includes(i) ? [] : [...track.push(packet, ms(i))]));
          events.push(...track.tick(ms(1000)));
          const whole = frames.map((_, i) => ![0, 1, 2].some((part) => lost.includes(3 * i + part)));
          let decodable = false;
          const expected = whole.flatMap((isWhole, i) => {
            decodable = isWhole && (decodable || i % interval === 0);
            return decodable ? [i] : [];
          });
          const got = unitsOf(events).map(({ capturedAt }) => Math.round((capturedAt - NOON) / 66_667));
          expect(got).toEqual(expected);
        }),
        { numRuns: 200 },
      );
    });
  });
});
