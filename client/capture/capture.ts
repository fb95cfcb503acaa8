/** One running source, camera or demo: its stream, its path to units while the WebSocket takes them, its mute switches. */
import type { Modality } from '../../proto/messages.ts';
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
  /** How units would be, or are, made for the WebSocket. */
  readonly path: CapturePath;
  readonly #options: CaptureOptions;
  #running: Capturing | null = null;
  #live = false;
  /** Counts starts and stops, so that a start overtaken by a stop gives up. */
  #turn = 0;
  #closed = false;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.stream = options.stream;
    this.path = choosePath(abilities(globalThis), options.wantedPath);
    for (const track of this.stream.getTracks()) this.#watch(track);
  }

  /** Begins to make units for the WebSocket, or stops. They come once `live(true)` was said. */
  async encode(on: boolean): Promise<void> {
    this.#turn += 1;
    this.#running?.close();
    this.#running = null;
    if (!on || this.#closed) return;
    const turn = this.#turn;
    const running = await begin(this.path, this.stream, this.#sink(turn));
    if (turn !== this.#turn) return running.close();
    this.#running = running;
    running.live(this.#live);
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
    void this.encode(false);
    for (const track of this.stream.getTracks()) track.stop();
  }

  #sink(turn: number): CaptureSink {
    const { sink } = this.#options;
    return {
      track: (config) => {
        if (turn === this.#turn) sink.track(config);
      },
      unit: (unit) => {
        if (turn === this.#turn && this.isOn(unit.modality)) sink.unit(unit);
      },
      dropped: (reason, count) => sink.dropped(reason, count),
      queue: (items) => sink.queue(items),
      failed: (modality, message) => sink.failed(modality, message),
    };
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
