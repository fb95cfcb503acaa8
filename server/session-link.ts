/**
 * The way a session's media takes to the server: WebSocket or WebRTC, its clock, its rates, and how many pictures are asked for.
 */
import type { Link, LinkKind, MediaUnit, Modality, TrackConfig } from '../proto/messages.ts';
import type { Micros, Millis } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';
import { type Decoded, LinkMeter } from './link-meter.ts';
import { SenderWall } from './sender-wall.ts';
import type { RtcConnection, RtcUnit } from './sfu/ports.ts';
import { TemporalLayer } from './temporal-layer.ts';

export class SessionLink {
  readonly #clock: Clock;
  readonly #wall = new SenderWall();
  readonly #meter = new LinkMeter();
  readonly #layer = new TemporalLayer();
  #connection: RtcConnection | null = null;
  #kind: LinkKind | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Null while no media arrives. */
  get kind(): LinkKind | null {
    return this.#kind;
  }

  /** Media comes by this connection from here on; null: by WebSocket, or none. */
  attach(connection: RtcConnection | null): void {
    this.#connection = connection;
    this.#layer.reset();
    if (!connection) this.#kind = null;
  }

  open(track: TrackConfig): void {
    this.#meter.open(track);
    if (!this.#connection) this.#kind = 'websocket';
  }

  shut(modality: Modality): void {
    this.#meter.shut(modality);
  }

  unit(unit: MediaUnit): void {
    this.#meter.unit(unit);
  }

  decoded(modality: Modality, decoded: Decoded): void {
    this.#meter.decoded(modality, decoded);
  }

  ping(media: Micros, wall: Millis | null): void {
    if (wall !== null) this.#wall.ping(media, wall);
  }

  /** Sender without pings: from here on its capture instant is this media time. */
  anchor(capturedAt: Micros, media: Micros): void {
    this.#wall.anchor(capturedAt, media);
  }

  /** The unit on the session's media clock; null while the sender's clock is not known. */
  onMediaClock({ capturedAt, ...unit }: RtcUnit): MediaUnit | null {
    const at = this.#wall.media(capturedAt);
    return at === null ? null : { ...unit, at };
  }

  needKeyFrame(): void {
    this.#connection?.requestKeyFrame();
  }

  /**
   * Rates since the last call, and the number of pictures for the next second asked for.
   *
   * @param jitter over WebSocket.
   * @param strained whether something was shed since the last call because this machine is too slow.
   */
  async measure(jitter: Millis, strained: boolean): Promise<Link | null> {
    const stats = await this.#connection?.stats();
    if (stats) this.#kind = stats.kind;
    const kind = this.#kind;
    const tracks = this.#meter.read(this.#clock.monotonic(), stats?.tracks ?? [], jitter);
    const video = tracks.find(({ modality }) => modality === 'video');
    const layer = video && this.#layer.next(video.unitsPerSecond, strained);
    if (layer !== undefined) this.#connection?.preferTemporalLayer(layer);
    return kind && { kind, roundTrip: stats?.roundTrip ?? null, tracks };
  }
}
