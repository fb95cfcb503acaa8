/**
 * One sender's connection: a WebRTC transport of the worker, and a tap for each of its tracks.
 */
import type { types } from 'mediasoup';

import { addMicros, type Micros, type Millis, microsFromMillis, millis } from '../../proto/units.ts';
import type { Clock } from '../../src/clock.ts';
import type { Log } from '../log.ts';
import { writeAnswer } from './answer.ts';
import type { SfuLimits } from './limits.ts';
import { MediaTap } from './media-tap.ts';
import { type Offer, tracksOf } from './offer.ts';
import type { RtcConnection, RtcSink, RtcStats } from './ports.ts';

export type ConnectionOptions = {
  /** Addresses beside the transport's own at which the same port is reached. */
  readonly alsoAt: readonly string[];
  readonly router: types.Router;
  readonly webRtcServer: types.WebRtcServer;
  readonly limits: SfuLimits;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once, whoever closed it. */
  readonly onClosed: (connection: MediasoupConnection) => void;
};

const TICK_MS = 100;
const LISTEN_EVERY = microsFromMillis(1_000);
const QUIET = microsFromMillis(2_000); // without media for this long, the transport is asked whether anything comes at all

type Transports = { readonly incoming: types.WebRtcTransport; readonly direct: types.DirectTransport };

export class MediasoupConnection implements RtcConnection {
  readonly answer: string;
  readonly #options: ConnectionOptions;
  readonly #sink: RtcSink;
  readonly #transports: Transports;
  readonly #taps: readonly MediaTap[];
  readonly #ticker: NodeJS.Timeout;
  /** When it is given up unless it gets on: no handshake, or no address that works. Null while all is well. */
  #deadline: { readonly at: Micros; readonly reason: string; readonly again: boolean } | null;
  /** Bytes of any kind received, and since when no more came. */
  #heard: { readonly bytes: number; readonly at: Micros };
  #listenedAt: Micros;
  #closed = false;

  private constructor(
    options: ConnectionOptions,
    offer: Offer,
    sink: RtcSink,
    transports: Transports,
    taps: readonly MediaTap[],
  ) {
    const { clock, limits, alsoAt } = options;
    const { iceParameters, iceCandidates, dtlsParameters } = transports.incoming;
    const now = clock.monotonic();
    this.#options = options;
    this.#sink = sink;
    this.#transports = transports;
    this.#taps = taps;
    this.#heard = { bytes: 0, at: now };
    this.#listenedAt = now;
    this.#deadline = this.#in(limits.handshake, 'no connection came about in time', false);
    this.answer = writeAnswer(offer, {
      iceParameters,
      iceCandidates,
      alsoAt,
      dtlsParameters,
      sessionId: String(clock.wall()),
    });
    this.#watch();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Sets everything up that the answer promises. Rejects where the worker refuses the offer, or dies; nothing is left then. */
  static async open(options: ConnectionOptions, offer: Offer, sink: RtcSink): Promise<MediasoupConnection> {
    const { router, webRtcServer, limits, clock, log } = options;
    const incoming = await router.createWebRtcTransport({
      webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      iceConsentTimeout: 0, // some senders keep alive without asking for consent: `silence` is the measure
    });
    try {
      const direct = await router.createDirectTransport();
      try {
        await incoming.setMaxIncomingBitrate(limits.bitrate);
        const shared = { router, incoming, direct, sink, clock, log };
        const taps = await inTurn(tracksOf(offer), (track) => MediaTap.open({ ...shared, track }));
        await incoming.connect({ dtlsParameters: offer.dtls });
        if (incoming.closed) throw new Error('the media worker died');
        return new MediasoupConnection(options, offer, sink, { incoming, direct }, taps);
      } catch (error) {
        direct.close();
        throw error;
      }
    } catch (error) {
      incoming.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  async stats(): Promise<RtcStats> {
    const tracks = await Promise.all(this.#taps.map((tap) => tap.stats()));
    const protocol = this.#transports.incoming.iceSelectedTuple?.protocol;
    const roundTrip = this.#taps.map((tap) => tap.roundTrip).find((time) => time !== null);
    return {
      kind: protocol === undefined ? null : `webrtc-${protocol}`,
      roundTrip: roundTrip === undefined || roundTrip === null ? null : millis(roundTrip),
      tracks,
    };
  }

  preferTemporalLayer(layer: 0 | 1 | 2): void {
    if (this.#closed) return;
    for (const tap of this.#taps) tap.preferTemporalLayer(layer);
  }

  requestKeyFrame(): void {
    if (this.#closed) return;
    for (const tap of this.#taps) tap.requestKeyFrame();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#ticker);
    for (const tap of this.#taps) tap.close();
    this.#transports.incoming.close();
    this.#transports.direct.close();
    this.#options.onClosed(this);
  }

  #end(reason: string, again: boolean): void {
    if (this.#closed) return;
    this.close();
    this.#options.log.info('a WebRTC connection ended', { reason, again });
    this.#sink.gone(reason, again);
  }

  #watch(): void {
    const { incoming } = this.#transports;
    const { reconnect } = this.#options.limits;
    incoming.on('routerclose', () => this.#end('the media worker ended', true));
    incoming.on('dtlsstatechange', (state) => {
      if (state === 'connected') this.#deadline = null;
      else if (state === 'failed') this.#end('the DTLS handshake failed', true);
      else if (state === 'closed') this.#end('the sender closed the connection', true);
    });
    incoming.on('icestatechange', (state) => {
      if (incoming.dtlsState !== 'connected') return; // the handshake's deadline stands
      if (state === 'disconnected') this.#deadline = this.#in(reconnect, 'the network path was lost', true);
      else this.#deadline = null;
    });
  }

  #in(limit: Millis, reason: string, again: boolean): { at: Micros; reason: string; again: boolean } {
    const now = this.#options.clock.monotonic();
    return { at: addMicros(now, microsFromMillis(limit)), reason, again };
  }

  #tick(): void {
    const now = this.#options.clock.monotonic();
    if (this.#deadline && now >= this.#deadline.at) {
      this.#end(this.#deadline.reason, this.#deadline.again);
      return;
    }
    for (const tap of this.#taps) {
      if (this.#closed) return;
      tap.tick(now);
    }
    this.#checkSilence(now);
  }

  /** A track that stays away while the other goes on has ended; where nothing comes at all, the sender has. */
  #checkSilence(now: Micros): void {
    const { limits } = this.#options;
    const newest = Math.max(...this.#taps.map(({ lastPacket }) => lastPacket ?? Number.NEGATIVE_INFINITY));
    if (now - newest < QUIET) {
      this.#heard = { bytes: 0, at: now };
      const limit = microsFromMillis(limits.trackSilence);
      for (const tap of this.#taps) if (tap.lastPacket !== null && now - tap.lastPacket >= limit) tap.pause();
      return;
    }
    if (now - this.#heard.at >= microsFromMillis(limits.silence))
      this.#end('nothing came from the sender any more', true);
    else if (now - this.#listenedAt >= LISTEN_EVERY) void this.#listen(now);
  }

  /** Whether anything came since it was last asked, RTCP and ICE included. */
  async #listen(now: Micros): Promise<void> {
    this.#listenedAt = now;
    try {
      const [stats] = await this.#transports.incoming.getStats();
      const bytes = stats?.bytesReceived ?? 0;
      if (bytes !== this.#heard.bytes) this.#heard = { bytes, at: this.#options.clock.monotonic() };
    } catch {
      // It was closed meanwhile, or its worker died: both are told elsewhere.
    }
  }
}

/** One after the other, so that a worker sees the sections in their order. */
async function inTurn<In, Out>(
  items: readonly In[],
  run: (item: In) => Promise<Out>,
): Promise<readonly Out[]> {
  const results: Out[] = [];
  for (const item of items) results.push(await run(item));
  return results;
}
