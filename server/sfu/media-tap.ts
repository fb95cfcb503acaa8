/**
 * One track out of the worker: producer, consumer on a direct transport, and the units of its packets with capture times.
 */
import type { types } from 'mediasoup';

import { type Micros, microsFromMillis, millis } from '../../proto/units.ts';
import type { Clock } from '../../src/clock.ts';
import { microsFromNtp } from '../../src/rtp/capture-time.ts';
import { type RtpEvent, RtpTrack, type RtpUnit } from '../../src/rtp/rtp-track.ts';
import type { Log } from '../log.ts';
import { KeyFrameRequests } from './key-frame-requests.ts';
import type { OfferedTrack } from './offer.ts';
import type { RtcSink, RtcTrackStats } from './ports.ts';
import { producerParameters } from './producer-parameters.ts';
import { trackConfigOf } from './track-config.ts';

export type TapOptions = {
  readonly track: OfferedTrack;
  readonly router: types.Router;
  /** Where its packets come in, and where they are read. */
  readonly incoming: types.WebRtcTransport;
  readonly direct: types.DirectTransport;
  readonly sink: RtcSink;
  readonly clock: Clock;
  readonly log: Log;
};

/** How long a packet is waited for: about three round trips and 100 ms (reference `media.md`, section 3). */
const GIVE_UP = millis(350);
const KEY_FRAME_GAP = microsFromMillis(500);
const CAPTURE_TIME: types.RtpHeaderExtensionUri =
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time';

/** A track that is tapped. It ends with its transports. */
export class MediaTap {
  readonly #options: TapOptions;
  readonly #producer: types.Producer;
  readonly #consumer: types.Consumer;
  readonly #rtp: RtpTrack;
  readonly #requests = new KeyFrameRequests(KEY_FRAME_GAP);
  #open = false;
  #closed = false;
  #lastPacket: Micros | null = null;
  #roundTrip: number | null = null;

  private constructor(options: TapOptions, producer: types.Producer, consumer: types.Consumer) {
    this.#options = options;
    this.#producer = producer;
    this.#consumer = consumer;
    const { codec, clockRateHz } = options.track.coding;
    const { codecs, headerExtensions = [] } = consumer.rtpParameters;
    this.#rtp = new RtpTrack({
      codec,
      clockRateHz,
      payloadType: codecs[0]?.payloadType ?? -1,
      absCaptureTimeId: headerExtensions.find(({ uri }) => uri === CAPTURE_TIME)?.id ?? null,
      giveUp: GIVE_UP,
    });
    consumer.on('rtp', (packet) => this.#take(packet));
    producer.on('trace', (trace) => this.#trace(trace));
    const failed = (_: string, error: Error): void => {
      options.log.error('a packet could not be passed on', { reason: error.stack ?? error.message });
    };
    consumer.on('listenererror', failed);
    producer.on('listenererror', failed);
  }

  /** Rejects where the worker refuses the track, or dies. */
  static async open(options: TapOptions): Promise<MediaTap> {
    const { track, incoming, direct, router } = options;
    const producer = await incoming.produce({
      kind: track.modality,
      rtpParameters: producerParameters(track),
    });
    await producer.enableTraceEvent(['sr']);
    const consumer = await direct.consume({
      producerId: producer.id,
      rtpCapabilities: tapCapabilities(router),
    });
    return new MediaTap(options, producer, consumer);
  }

  /** When a packet came last, or null. */
  get lastPacket(): Micros | null {
    return this.#lastPacket;
  }

  /** From the sender's answers to our reports, milliseconds; null where it gives none. */
  get roundTrip(): number | null {
    return this.#roundTrip;
  }

  /** Gives up on late packets and asks for what is due; a few times a second. */
  tick(now: Micros): void {
    // Until it sees a key frame's beginning the worker passes nothing on. Where that packet was lost, and then the request for
    // another one, it does not ask again, and what never comes out here is missed by nobody.
    if (this.#lastPacket === null && this.#options.track.modality === 'video') this.#requests.want();
    this.#handle(this.#rtp.tick(now), now);
    this.#askIfDue(now);
  }

  /** Its media stays away while the other's comes: the track is over until more of it comes. */
  pause(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#options.sink.shut(this.#options.track.modality);
  }

  requestKeyFrame(): void {
    if (this.#options.track.modality !== 'video') return;
    this.#requests.want();
    this.#askIfDue(this.#options.clock.monotonic());
  }

  preferTemporalLayer(temporalLayer: 0 | 1 | 2): void {
    this.#rtp.prefer(temporalLayer);
  }

  async stats(): Promise<RtcTrackStats> {
    const { modality, coding } = this.#options.track;
    const received = await this.#producer.getStats().catch(() => []);
    this.#roundTrip = received.map(({ roundTripTime }) => roundTripTime).find((time) => time) ?? null;
    const { packets, bytes, lost, frames } = this.#rtp.stats;
    return {
      modality,
      codec: coding.codec,
      packets,
      bytes,
      lost,
      units: frames,
      jitter: millis(((received[0]?.jitter ?? 0) * 1e3) / coding.clockRateHz),
    };
  }

  /** Nothing comes out from here on. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  #take(packet: Buffer): void {
    if (this.#closed) return;
    const now = this.#options.clock.monotonic();
    this.#lastPacket = now;
    this.#handle(this.#rtp.push(packet, now), now);
  }

  #trace({ type, info }: types.ProducerTraceEventData): void {
    const { ntpSec, ntpFrac, rtpTs } = info;
    if (this.#closed || type !== 'sr') return;
    if (typeof ntpSec !== 'number' || typeof ntpFrac !== 'number' || typeof rtpTs !== 'number') return;
    const ntp = microsFromNtp(ntpSec, ntpFrac);
    if (ntp === null) return;
    this.#handle(this.#rtp.senderReport({ ntp, rtpTimestamp: rtpTs }), this.#options.clock.monotonic());
  }

  #handle(events: readonly RtpEvent[], now: Micros): void {
    for (const event of events) {
      if (this.#closed) return; // the receiver of a unit may close the connection
      if (event.type === 'unit') this.#pass(event.unit);
      else if (event.type === 'shed') this.#options.sink.shed(event.reason, event.count);
      else this.#requests.want();
    }
    this.#askIfDue(now);
  }

  #pass({ key, data, capturedAt }: RtpUnit): void {
    const { track, sink } = this.#options;
    if (key) this.#requests.came();
    if (!this.#open) {
      if (!key) {
        this.#requests.want();
        sink.shed('no-key-frame', 1);
        return;
      }
      this.#open = true;
      sink.open(trackConfigOf(track, data));
    }
    sink.unit({ modality: track.modality, key, data, capturedAt });
  }

  #askIfDue(now: Micros): void {
    if (!this.#requests.due(now)) return;
    settled(this.#consumer.requestKeyFrame());
  }
}

/** A request whose failure means that the worker died, or the connection was closed: both are told elsewhere (G15). */
function settled(request: Promise<void>): void {
  request.catch(() => undefined);
}

/**
 * What the tap says it can receive: without bandwidth estimation, whose feedback never comes on a direct transport, so that
 * the worker would turn the video off (G3); and without repair, which the sender's side has already done.
 */
export function tapCapabilities({ rtpCapabilities }: types.Router): types.RtpCapabilities {
  const { codecs = [], headerExtensions = [] } = rtpCapabilities;
  return {
    codecs: codecs.map((codec) => ({
      ...codec,
      rtcpFeedback: (codec.rtcpFeedback ?? []).filter(
        ({ type, parameter }) => type === 'ccm' || (type === 'nack' && parameter === 'pli'),
      ),
    })),
    headerExtensions: headerExtensions.filter(({ uri }) => uri === CAPTURE_TIME),
  };
}
