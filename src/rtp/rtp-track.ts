/**
 * One RTP stream, from packets to encoded units with capture times: parse, put in order, assemble, stamp.
 */
import { type Micros, type Millis, microsFromSeconds } from '../../proto/units.ts';
import { CaptureClock, parseAbsCaptureTime } from './capture-time.ts';
import { H264Format } from './h264.ts';
import { JitterMeter } from './jitter.ts';
import { OpusDepacketizer } from './opus.ts';
import { parseRtp, type RtpPacket } from './packet.ts';
import type { AssembledFrame, Depacketizer, MediaPacket } from './payload-format.ts';
import { type Released, ReorderBuffer } from './reorder-buffer.ts';
import { NO_EVENTS, type RtpEvent, RtpEvents, type RtpShedReason } from './rtp-events.ts';
import { UnclockedFrames } from './unclocked-frames.ts';
import { Unwrapper } from './unwrap.ts';
import { VideoAssembler } from './video-assembler.ts';
import { Vp8Format } from './vp8.ts';

export type { RtpEvent, RtpShedReason, RtpUnit } from './rtp-events.ts';

export type RtpTrackOptions = {
  readonly codec: 'opus' | 'vp8' | 'h264';
  /** Of the RTP timestamps: 48000 for Opus, 90000 for video. */
  readonly clockRateHz: number;
  readonly payloadType: number;
  /** The id that the SDP gave to abs-capture-time; null where it was not negotiated. */
  readonly absCaptureTimeId: number | null;
  /** How long a packet is held for an earlier one. Default 350 ms. */
  readonly giveUp?: Millis;
};

export type RtpStats = {
  /** Of this stream, duplicates and late ones with them. */
  readonly packets: number;
  /** Whole packets, with their RTP headers. */
  readonly bytes: number;
  /** Given up. */
  readonly lost: number;
  /** Came after they had been given up. */
  readonly late: number;
  readonly duplicates: number;
  /** Came after a later one, in time. */
  readonly outOfOrder: number;
  /** Units that left. */
  readonly frames: number;
  /** RFC 3550 section 6.4.1. */
  readonly jitterUs: number;
};

/** A sender that goes on without a key frame may have missed the request. */
const ASK_AGAIN = microsFromSeconds(1);
/** Stamps come about once a second where they are sent at all (reference, G4): without one for so long, reports count again. */
const STAMPS_SECONDS = 10;

function depacketizerOf(codec: RtpTrackOptions['codec']): Depacketizer {
  if (codec === 'opus') return new OpusDepacketizer();
  return new VideoAssembler(codec === 'vp8' ? new Vp8Format() : new H264Format());
}

const copied = (packet: MediaPacket): MediaPacket => ({ ...packet, payload: new Uint8Array(packet.payload) });

/** Everything that begins anew with a stream. */
class Stream {
  readonly sequences = new Unwrapper(16);
  readonly timestamps = new Unwrapper(32);
  readonly buffer: ReorderBuffer<MediaPacket>;
  readonly depacketizer: Depacketizer;
  readonly clock: CaptureClock;
  readonly unclocked: UnclockedFrames;
  readonly jitter: JitterMeter;
  ssrc: number | null = null;
  stampedAt: number | null = null; // timestamp of the last abs-capture-time
  asked: Micros | null = null; // when a key frame was asked for

  constructor(options: RtpTrackOptions) {
    const { codec, giveUp } = options;
    this.buffer = new ReorderBuffer({ keep: copied, ...(giveUp === undefined ? {} : { giveUp }) });
    this.depacketizer = depacketizerOf(codec);
    this.clock = new CaptureClock(options);
    this.unclocked = new UnclockedFrames(options);
    this.jitter = new JitterMeter(options);
  }
}

/**
 * Takes the packets of one RTP stream as they come and gives its units in the order they were sent.
 *
 * The first packet of the right payload type fixes the SSRC; others are shed until `reset`. Capture times come from
 * abs-capture-time and, where that is not sent, from sender reports; never from arrival. Units before the first reference wait,
 * see `UnclockedFrames`.
 *
 * Ownership: the bytes given to `push` are read before it returns. What is copied: the payload of a packet that has to wait
 * for an earlier one; each payload into its frame; the whole frame into the buffer that the receiver owns.
 */
export class RtpTrack {
  readonly #options: RtpTrackOptions;
  #stream: Stream;
  #preferred: 0 | 1 | 2 = 2;
  #totals = { packets: 0, bytes: 0, frames: 0 };
  #before = { lost: 0, late: 0, duplicates: 0, outOfOrder: 0 }; // of streams before the last reset

  constructor(options: RtpTrackOptions) {
    this.#options = options;
    this.#stream = new Stream(options);
  }

  get stats(): RtpStats {
    return { ...this.#totals, ...this.#counts(), jitterUs: this.#stream.jitter.jitter };
  }

  /**
   * Takes one packet.
   *
   * @param bytes an RTP packet as it came; anything else is shed as `rtp-malformed`.
   * @param now arrival, on any monotonic clock: for giving up and the jitter only.
   */
  push(bytes: Uint8Array, now: Micros): readonly RtpEvent[] {
    const events = new RtpEvents();
    const packet = parseRtp(bytes);
    if (!packet) events.shed('rtp-malformed', 1);
    else if (!this.#isOurs(packet)) events.shed('rtp-foreign', 1);
    else {
      this.#totals.packets++;
      this.#totals.bytes += bytes.length;
      this.#take(packet, now, events);
    }
    return events.all();
  }

  /** Gives up on what has been waited for too long, where no packet comes: call it a few times a second. */
  tick(now: Micros): readonly RtpEvent[] {
    if (this.#stream.buffer.waiting === 0) return NO_EVENTS;
    const events = new RtpEvents();
    this.#release(this.#stream.buffer.expire(now), now, events);
    return events.all();
  }

  /**
   * A reference from an RTCP sender report. Not used while packets carry abs-capture-time.
   *
   * @param report.ntp the sender's wall clock, since the Unix epoch (`microsFromNtp`).
   * @param report.rtpTimestamp the same instant on the clock of the stream's timestamps, 32 bits.
   */
  senderReport({
    ntp,
    rtpTimestamp,
  }: {
    readonly ntp: Micros;
    readonly rtpTimestamp: number;
  }): readonly RtpEvent[] {
    const { timestamps, clock, stampedAt } = this.#stream;
    const timestamp = timestamps.near(rtpTimestamp);
    const since = Math.abs(timestamp - (stampedAt ?? -Infinity));
    if (since < STAMPS_SECONDS * this.#options.clockRateHz) return NO_EVENTS;
    clock.reference(timestamp, ntp);
    const events = new RtpEvents();
    this.#releaseUnclocked(events);
    return events.all();
  }

  /**
   * Units of layers above this one are not wanted from now on: a quarter (0), half (1) or all (2) of an L1T3 sender's pictures
   * come. A layer that is wanted again begins where it depends on the base layer alone. No effect on a sender without layers.
   */
  prefer(temporalLayer: 0 | 1 | 2): void {
    this.#preferred = temporalLayer;
    this.#stream.depacketizer.prefer(temporalLayer);
  }

  /** The stream starts anew: the next packet fixes the SSRC, nothing is known of its clock. What waits is dropped, uncounted. */
  reset(): void {
    this.#before = this.#counts();
    this.#stream = new Stream(this.#options);
    this.#stream.depacketizer.prefer(this.#preferred);
  }

  #counts(): { lost: number; late: number; duplicates: number; outOfOrder: number } {
    const { lost, late, duplicates, outOfOrder } = this.#stream.buffer.counts;
    return {
      lost: this.#before.lost + lost,
      late: this.#before.late + late,
      duplicates: this.#before.duplicates + duplicates,
      outOfOrder: this.#before.outOfOrder + outOfOrder,
    };
  }

  #isOurs({ payloadType, ssrc }: RtpPacket): boolean {
    if (payloadType !== this.#options.payloadType) return false;
    this.#stream.ssrc ??= ssrc;
    return ssrc === this.#stream.ssrc;
  }

  #take(
    { sequence, timestamp, marker, payload, extensions }: RtpPacket,
    now: Micros,
    events: RtpEvents,
  ): void {
    const { sequences, timestamps, jitter, buffer } = this.#stream;
    const extended = timestamps.unwrap(timestamp);
    this.#readStamp(extensions, extended, events);
    jitter.measure(extended, now);
    const { late, duplicates } = buffer.counts;
    const released = buffer.push(sequences.unwrap(sequence), { timestamp: extended, marker, payload }, now);
    events.shed('rtp-late', buffer.counts.late - late);
    events.shed('rtp-duplicate', buffer.counts.duplicates - duplicates);
    this.#release(released, now, events);
  }

  #readStamp(extensions: RtpPacket['extensions'], timestamp: number, events: RtpEvents): void {
    const id = this.#options.absCaptureTimeId;
    const value = id === null ? undefined : extensions.get(id);
    const at = value && parseAbsCaptureTime(value);
    if (!at) return;
    this.#stream.clock.reference(timestamp, at);
    this.#stream.stampedAt = timestamp;
    this.#releaseUnclocked(events);
  }

  #release(released: readonly Released<MediaPacket>[], now: Micros, events: RtpEvents): void {
    for (const { item, lost, restarted } of released) {
      events.shed('rtp-lost', lost);
      for (const assembled of this.#stream.depacketizer.push(item, restarted ? Infinity : lost)) {
        if (assembled.type === 'frame') this.#stamp(assembled.frame, now, events);
        else if (assembled.type === 'need-key-frame') this.#ask(now, events);
        else this.#drop(assembled.reason, now, events);
      }
    }
  }

  #drop(reason: RtpShedReason, now: Micros, events: RtpEvents): void {
    events.shed(reason, 1);
    if (reason === 'no-key-frame') this.#askAgain(now, events);
  }

  #stamp(frame: AssembledFrame, now: Micros, events: RtpEvents): void {
    const { clock, unclocked } = this.#stream;
    if (clock.captureAt(frame.timestamp) !== null) {
      this.#leave(frame, events);
      return;
    }
    events.shed('rtp-no-clock', unclocked.hold(frame));
    if (unclocked.needsKey) this.#askAgain(now, events);
  }

  #releaseUnclocked(events: RtpEvents): void {
    for (const frame of this.#stream.unclocked.take()) this.#leave(frame, events);
  }

  #leave({ timestamp, key, data, temporalId }: AssembledFrame, events: RtpEvents): void {
    const capturedAt = this.#stream.clock.captureAt(timestamp);
    if (capturedAt === null) return;
    this.#totals.frames++;
    events.add({ type: 'unit', unit: { key, data, capturedAt, temporalId } });
  }

  #askAgain(now: Micros, events: RtpEvents): void {
    const { asked } = this.#stream;
    if (asked === null || now - asked >= ASK_AGAIN) this.#ask(now, events);
  }

  #ask(now: Micros, events: RtpEvents): void {
    this.#stream.asked = now;
    events.add({ type: 'need-key-frame' });
  }
}
