/**
 * RTP packets to stamped frames: ours (parse, reorder, assemble, stamp) against werift's parser and depacketizers, which put
 * nothing in order and stamp nothing. One process; each round asks both once for each stream, in turns, so that other jobs of
 * the machine hit both alike.
 */
import { dePacketizeRtpPackets, RtpPacket } from 'werift';
import { micros } from '../../proto/units.ts';
import { quantile } from '../../server/cli/scoring.ts';
import { RtpTrack, type RtpTrackOptions } from '../../src/rtp/rtp-track.ts';
import {
  absCaptureTime,
  annexB,
  h264Payloads,
  h264Slice,
  Packetizer,
  vp8Frame,
  vp8Payloads,
} from '../support/rtp-packetize.ts';
import type { Figure, Measured } from './report.ts';

const ROUNDS = { whole: 60, quick: 4 };
const WARM_UP = 3;
const FRAMES = 450; // 30 s at 15 a second
const KEY_EVERY = 60;
const BYTES = { key: 20_000, delta: 4600 }; // 0.6 Mbit/s at 15 a second, as a browser sends 320x240
const SOUND_PACKETS = 1500; // 30 s
const SOUND_BYTES = 80; // 32 kbit/s
const STAMP_ID = 13;
const STAMPED_EVERY = 50; // packets carry abs-capture-time about once a second
const PACKET_GAP_US = 4000;
const OUT_OF_PLACE = 8; // as far as reordering moves a packet: 32 ms

type WeriftCodec = 'VP8' | 'MPEG4/ISO/AVC' | 'OPUS';
type Stream = {
  readonly name: string;
  readonly options: RtpTrackOptions;
  readonly codec: WeriftCodec;
  readonly packets: readonly Buffer[];
  /** Bytes of all frames: what must come out. */
  readonly bytes: number;
};
type Work = (stream: Stream) => number;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function streamOf(
  name: Pick<Stream, 'name' | 'codec'>,
  options: Pick<RtpTrackOptions, 'codec' | 'clockRateHz'>,
  frames: readonly { readonly payloads: readonly Uint8Array[]; readonly bytes: number }[],
  ticks: number,
): Stream {
  const packetizer = new Packetizer({ sequence: 65_000 });
  const packets = frames.flatMap(({ payloads }, i) => {
    const extensions = [[STAMP_ID, absCaptureTime(1e15 + (i * ticks * 1e6) / options.clockRateHz)]] as const;
    return packetizer.frame(payloads, i * ticks, i % STAMPED_EVERY === 0 ? { extensions } : {});
  });
  return {
    ...name,
    options: { ...options, payloadType: 96, absCaptureTimeId: STAMP_ID },
    packets: packets.map((packet) => Buffer.from(packet)),
    bytes: sum(frames.map(({ bytes }) => bytes)),
  };
}

function streams(): readonly Stream[] {
  const pictures = Array.from({ length: FRAMES }, (_, i) => i % KEY_EVERY === 0);
  const vp8 = pictures.map((key, i) => {
    const frame = vp8Frame(key, key ? BYTES.key : BYTES.delta, i);
    return { payloads: vp8Payloads(frame, { pictureId: i }), bytes: frame.length };
  });
  const sets = [new Uint8Array(24).fill(0x67), new Uint8Array(6).fill(0x68)];
  const h264 = pictures.map((key, i) => {
    const slice = h264Slice(key, key ? BYTES.key : BYTES.delta, i);
    const units = key ? [...sets, slice] : [slice];
    return { payloads: h264Payloads(units), bytes: annexB(units).length };
  });
  const opus = Array.from({ length: SOUND_PACKETS }, (_, i) => ({
    payloads: [new Uint8Array(SOUND_BYTES).fill(i)],
    bytes: SOUND_BYTES,
  }));
  return [
    streamOf({ name: 'VP8', codec: 'VP8' }, { codec: 'vp8', clockRateHz: 90_000 }, vp8, 6000),
    streamOf({ name: 'H264', codec: 'MPEG4/ISO/AVC' }, { codec: 'h264', clockRateHz: 90_000 }, h264, 6000),
    streamOf({ name: 'Opus', codec: 'OPUS' }, { codec: 'opus', clockRateHz: 48_000 }, opus, 960),
  ];
}

/** The same packets, each pair of neighbours a few apart changed: about half come out of order. */
function outOfOrder(stream: Stream): Stream {
  const packets = [...stream.packets];
  for (let i = 1; i + OUT_OF_PLACE < packets.length; i += OUT_OF_PLACE) {
    const late = packets.splice(i, 1);
    packets.splice(i + OUT_OF_PLACE / 2, 0, ...late);
  }
  return { ...stream, name: `${stream.name} out of order`, packets };
}

/** Bytes of the frames that come out. */
const ours: Work = ({ options, packets }) => {
  const track = new RtpTrack(options);
  let bytes = 0;
  for (const [i, packet] of packets.entries())
    for (const event of track.push(packet, micros(i * PACKET_GAP_US)))
      if (event.type === 'unit') bytes += event.unit.data.length;
  return bytes;
};

const werift: Work = ({ codec, packets }) => {
  let bytes = 0;
  let frame: RtpPacket[] = [];
  for (const packet of packets) {
    const parsed = RtpPacket.deSerialize(packet);
    frame.push(parsed);
    if (codec !== 'OPUS' && !parsed.header.marker) continue;
    bytes += dePacketizeRtpPackets(codec, frame).data.length;
    frame = [];
  }
  return bytes;
};

/** Microseconds of CPU time for each packet. */
function timed(work: Work, stream: Stream): number {
  const before = process.cpuUsage();
  const bytes = work(stream);
  const { user, system } = process.cpuUsage(before);
  if (bytes !== stream.bytes)
    throw new Error(
      `${stream.name}: ${bytes} bytes of frames came out, expected ${stream.bytes}: the bench is wrong`,
    );
  return (user + system) / stream.packets.length;
}

type Case = { readonly name: string; readonly stream: Stream; readonly work: Work; readonly times: number[] };

/** CPU time of each packet, ours against werift's. */
export async function depacketize({ quick }: { readonly quick: boolean }): Promise<Measured> {
  const sent = streams();
  const cases: readonly Case[] = sent.flatMap((stream) => [
    { name: `${stream.name}: ours`, stream, work: ours, times: [] },
    { name: `${stream.name}: werift`, stream, work: werift, times: [] },
    { name: `${stream.name}, out of order: ours`, stream: outOfOrder(stream), work: ours, times: [] },
  ]);
  const rounds = quick ? ROUNDS.quick : ROUNDS.whole;
  for (let round = -WARM_UP; round < rounds; round++)
    for (const { stream, work, times } of cases) {
      const time = timed(work, stream);
      if (round >= 0) times.push(time);
    }
  const median = (name: string): number | null =>
    quantile(cases.find((each) => each.name === name)?.times ?? [], 0.5);
  const figures = cases.map(({ name }): Figure => ({ name, value: median(name), unit: 'us/packet' }));
  const ratios = sent.map(({ name }): Figure => {
    const [theirs, own] = [median(`${name}: werift`), median(`${name}: ours`)];
    return {
      name: `${name}: werift / ours`,
      value: theirs !== null && own ? theirs / own : null,
      unit: 'times',
    };
  });
  const packets = sent.map(({ name, packets: { length } }) => `${length} ${name}`).join(', ');
  return {
    what: `packets to frames, ${packets} packets, ${rounds} rounds; ours also reorders and stamps`,
    figures: [...figures, ...ratios],
    detail: cases.map(({ name, times }) => ({ name, times })),
  };
}
