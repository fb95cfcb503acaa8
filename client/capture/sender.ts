/** From page units to the wire: media time, the last guard, track announcements, and the report of what was dropped. */
import type { ClientHealth, ClientMessage, Modality, TrackConfig } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';
import type { MediaClock } from '../media-clock.ts';
import { MediaGate } from './media-gate.ts';
import type { CaptureSink, PageUnit } from './sink.ts';

const KEY_AGAIN_US = 500_000; // an encoder answers within a frame or two; asking each frame would make each one a key

export type SenderOptions = {
  /** @returns false where there is no connection. */
  readonly send: (message: ClientMessage) => boolean;
  readonly bufferedBytes: () => number;
  /** Called when the guard dropped pictures up to the next key frame. */
  readonly requestKey: () => void;
  readonly failed: (modality: Modality, message: string) => void;
};

export class MediaSender implements CaptureSink {
  readonly #options: SenderOptions;
  readonly #gate = new MediaGate();
  readonly #announced = new Map<Modality, TrackConfig>();
  #clock: MediaClock | null = null;
  /** Units captured before this connection's welcome are not of its session's time. */
  #from = Number.NEGATIVE_INFINITY;
  #dropped: Record<string, number> = {};
  #queue = 0;
  #keyAsked = Number.NEGATIVE_INFINITY;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** A connection was welcomed: `clock` maps the page's time from `media` on. Null: it was lost. */
  connected(clock: MediaClock | null, media: Micros): void {
    this.#clock = clock;
    this.#from = media;
    this.#gate.reset();
    if (clock)
      for (const config of this.#announced.values()) this.#options.send({ type: 'track', track: config });
  }

  track(config: TrackConfig): void {
    this.#announced.set(config.modality, config);
    if (this.#clock) this.#options.send({ type: 'track', track: config });
  }

  /** This modality gives nothing any more, until its next unit. */
  closeTrack(modality: Modality): void {
    if (this.#clock) this.#options.send({ type: 'track-close', modality });
  }

  /** This modality gives again. */
  reopenTrack(modality: Modality): void {
    const config = this.#announced.get(modality);
    if (config) this.track(config);
  }

  /** The source has gone: its tracks are closed and forgotten. */
  forgetTracks(): void {
    for (const modality of this.#announced.keys()) this.closeTrack(modality);
    this.#announced.clear();
    this.#gate.reset();
  }

  unit(unit: PageUnit): void {
    if (this.#clock === null) return;
    const at = this.#clock.fromPage(unit.at);
    if (at < this.#from) return;
    const out = this.#gate.offer({ ...unit, at }, this.#options.bufferedBytes());
    for (const ready of out) this.#options.send({ type: 'media', unit: ready });
    if (this.#gate.needsKey && unit.at - this.#keyAsked > KEY_AGAIN_US) {
      this.#keyAsked = unit.at;
      this.#options.requestKey();
    }
  }

  dropped(reason: string, count: number): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
  }

  queue(items: number): void {
    this.#queue = items;
  }

  failed(modality: Modality, message: string): void {
    this.#options.failed(modality, message);
  }

  /** What was dropped since the last report; null when there is nothing to tell. */
  report(): ClientHealth | null {
    const dropped: Record<string, number> = { ...this.#dropped };
    for (const [reason, count] of Object.entries(this.#gate.takeDropped()))
      dropped[reason] = (dropped[reason] ?? 0) + count;
    this.#dropped = {};
    const bufferedBytes = this.#options.bufferedBytes();
    if (Object.keys(dropped).length === 0 && bufferedBytes === 0 && this.#queue < 2) return null;
    return { type: 'client-health', dropped, encodeQueue: this.#queue, bufferedBytes };
  }
}
