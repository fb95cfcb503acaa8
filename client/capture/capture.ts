/** One running source, camera or demo: its stream, its path to units, its mute switches. */
import type { Modality, TrackConfig } from '../../proto/messages.ts';
import { captureInPage } from './page-path.ts';
import { abilities, type CapturePath, choosePath } from './paths.ts';
import { capturePlain } from './plain-path.ts';
import type { CaptureSink, Capturing } from './sink.ts';
import { captureInWorker } from './worker-path.ts';

function begin(path: CapturePath, stream: MediaStream, sink: CaptureSink): Capturing | Promise<Capturing> {
  if (path === 'worker') return captureInWorker(stream, sink);
  return path === 'page' ? captureInPage(stream, sink) : capturePlain(stream, sink);
}

export type CaptureOptions = {
  /** The capture owns it: `close()` stops its tracks. */
  readonly stream: MediaStream;
  readonly sink: CaptureSink;
  /** A track was muted, unmuted or has ended: by the person, the browser or the cable. */
  readonly onTrack: (modality: Modality, on: boolean) => void;
  /** `?path=` of the page: a wish. */
  readonly wantedPath: string | null;
};

export class Capture {
  readonly stream: MediaStream;
  readonly path: CapturePath;
  readonly #options: CaptureOptions;
  #running: Capturing | null = null;
  #live = false;
  #closed = false;
  readonly #tracks = new Map<Modality, TrackConfig>();

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.stream = options.stream;
    this.path = choosePath(abilities(globalThis), options.wantedPath);
  }

  /** Starts the path. Units come once `live(true)` was said. */
  async start(): Promise<void> {
    const { sink: outer } = this.#options;
    const sink: CaptureSink = {
      track: (config) => {
        this.#tracks.set(config.modality, config);
        outer.track(config);
      },
      unit: (unit) => {
        if (!this.#closed && this.isOn(unit.modality)) outer.unit(unit);
      },
      dropped: (reason, count) => outer.dropped(reason, count),
      queue: (items) => outer.queue(items),
      failed: (modality, message) => outer.failed(modality, message),
    };
    const running = await begin(this.path, this.stream, sink);
    if (this.#closed) return running.close();
    this.#running = running;
    running.live(this.#live);
    for (const track of this.stream.getTracks()) this.#watch(track);
  }

  /** How this modality is encoded, once known: a new connection is told first. */
  track(modality: Modality): TrackConfig | undefined {
    return this.#tracks.get(modality);
  }

  /** While false nothing is encoded. */
  live(on: boolean): void {
    this.#live = on;
    this.#running?.live(on);
  }

  key(): void {
    this.#running?.key();
  }

  /** True while this modality gives something. */
  isOn(modality: Modality): boolean {
    return this.#of(modality).some((track) => track.enabled && !track.muted && track.readyState === 'live');
  }

  /** The person's own switch. */
  enable(modality: Modality, on: boolean): void {
    for (const track of this.#of(modality)) track.enabled = on;
    if (on) this.key();
    this.#options.onTrack(modality, this.isOn(modality));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#running?.close();
    for (const track of this.stream.getTracks()) track.stop();
  }

  #of(modality: Modality): readonly MediaStreamTrack[] {
    return modality === 'audio' ? this.stream.getAudioTracks() : this.stream.getVideoTracks();
  }

  #watch(track: MediaStreamTrack): void {
    const modality: Modality = track.kind === 'audio' ? 'audio' : 'video';
    for (const event of ['mute', 'unmute', 'ended'] as const) {
      track.addEventListener(event, () => {
        if (!this.#closed) this.#options.onTrack(modality, this.isOn(modality));
      });
    }
  }
}
