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
  /** Tracks that came by WebRTC: one that its sender has shut is opened again by its next unit. */
  readonly #captured = new Map<Modality, TrackConfig>();
  #connection: RtcConnection | null = null;
  #kind: LinkKind | null = null;
  #anchored = false;
  #measured: Link | null = null;

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
    this.#anchored = false;
    this.#layer.reset();
    if (!connection) this.#kind = null;
  }

  open(track: TrackConfig, by: 'websocket' | 'webrtc'): void {
    this.#meter.open(track);
    if (by === 'webrtc') this.#captured.set(track.modality, track);
    else this.#captured.delete(track.modality);
    if (!this.#connection) this.#kind = 'websocket';
  }

  shut(modality: Modality): void {
    this.#meter.shut(modality);
    this.#measured = null; // what is still open is measured within a second
  }

  unit(unit: MediaUnit): void {
    this.#meter.unit(unit, this.#clock.monotonic());
  }

  decoded(modality: Modality, decoded: Decoded): void {
    this.#meter.decoded(modality, decoded);
  }

  ping(media: Micros, wall: Millis | null): void {
    if (wall !== null) this.#wall.ping(media, wall);
  }

  /** The first unit of a connection whose sender does not ping: its capture instant is this media time. */
  anchor({ capturedAt }: RtcUnit, media: Micros): void {
    if (this.#anchored) return;
    this.#anchored = true;
    this.#wall.anchor(capturedAt, media);
  }

  /** How a modality that came by WebRTC was coded last; null where none did. */
  captured(modality: Modality): TrackConfig | null {
    return this.#captured.get(modality) ?? null;
  }

  /** Interarrival jitter (RFC 3550, section 6.4.1) of the track that arrives least evenly. */
  get jitter(): Millis {
    return this.#meter.jitter;
  }

  /** As `measure` found it last. */
  get measured(): Link | null {
    return this.#measured;
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
   * @param strained whether something was shed since the last call because this machine is too slow.
   */
  async measure(strained: boolean): Promise<Link | null> {
    const stats = await this.#connection?.stats();
    if (stats) this.#kind = stats.kind;
    const kind = this.#kind;
    const tracks = this.#meter.read(this.#clock.monotonic(), stats?.tracks ?? []);
    const video = tracks.find(({ modality }) => modality === 'video');
    const layer = video && this.#layer.next(video.unitsPerSecond, strained);
    if (layer !== undefined) this.#connection?.preferTemporalLayer(layer);
    this.#measured = kind && { kind, roundTrip: stats?.roundTrip ?? null, tracks };
    return this.#measured;
  }
}
