/**
 * A session's media: encoded units in; the ribbon, sound and picture columns, and the windows cut from them out.
 */
import { type Observable, Subject } from 'rxjs';
import type { Tile } from '../proto/messages.ts';
import { addMicros, type Micros, micros } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';
import { MelRing, PictureRing } from '../src/features/columns.ts';
import { MelStream } from '../src/features/mel.ts';
import { PcmRing } from '../src/features/pcm-ring.ts';
import { levelDb } from '../src/features/signal.ts';
import { MEL_BANDS, WINDOW_COLUMNS } from '../src/features/spec.ts';
import type { RawSample } from '../src/journal.ts';
import type {
  AudioWindow,
  EncodedUnit,
  Modality,
  Pair,
  PcmChunk,
  Picture,
  Shed,
  TrackConfig,
  VideoWindow,
} from '../src/media.ts';
import { DEFAULT_GRID, endOf, startOf } from '../src/pairing/grid.ts';
import { AudioIngest } from './ingest/audio-ingest.ts';
import { VideoIngest } from './ingest/video-ingest.ts';
import type { Decoded } from './link-meter.ts';
import { Ribbon, type RibbonSlice } from './ribbon.ts';

/**
 * A picture stands for the time until the next one at 15 a second: a window is whole when the newest picture lies this close
 * to its end. Waiting for the next picture instead would cost 67 ms of lag on every prediction.
 */
const PICTURE_STANDS_FOR = micros(60_000);
/** A tile of the ribbon covers two hops: half of a window's columns. */
export const TILE_HOPS = 2;
const NO_LEVEL_DB = -120;

export type SessionMediaOptions = {
  /** Live media is shed when the decoders fall behind; otherwise everything comes out, in its own time. */
  readonly live: boolean;
  /** Samples are kept beside mel columns: a backbone takes a waveform. */
  readonly waveform: boolean;
  readonly onShed: (shed: Shed) => void;
  readonly onDecoded: (modality: Modality, decoded: Decoded) => void;
  /** The picture cannot go on without a key frame. */
  readonly onNeedKey: () => void;
  readonly clock: Clock;
};

export class SessionMedia {
  readonly #ribbon = new Ribbon();
  readonly #mel = new MelStream();
  readonly #sound = new MelRing();
  readonly #samples: PcmRing | null;
  readonly #pictures = new PictureRing();
  readonly #audio: AudioIngest;
  readonly #video: VideoIngest;
  readonly #heard = new Subject<Micros>();
  readonly #seen = new Subject<Micros>();
  readonly #onShed: (shed: Shed) => void;

  constructor({ live, waveform, onShed, onDecoded, onNeedKey, clock }: SessionMediaOptions) {
    this.#samples = waveform ? new PcmRing() : null;
    this.#onShed = onShed;
    const shared = { live, onShed, clock };
    this.#audio = new AudioIngest({
      ...shared,
      onPcm: (chunk) => this.#hear(chunk),
      onDecoded: (decoded) => onDecoded('audio', decoded),
    });
    this.#video = new VideoIngest({
      ...shared,
      onNeedKey,
      onPicture: (picture) => this.#see(picture),
      onDecoded: (decoded) => onDecoded('video', decoded),
    });
  }

  /** How far the sound has come. */
  get heard$(): Observable<Micros> {
    return this.#heard.asObservable();
  }

  /** How far the pictures have come, each standing for the time until the next. */
  get seen$(): Observable<Micros> {
    return this.#seen.asObservable();
  }

  /** End of what is decoded of a modality; 0 before its first. */
  watermark(modality: Modality): Micros {
    return (modality === 'audio' ? this.#sound : this.#pictures).watermark ?? micros(0);
  }

  /** @param bias how much later than the capture the stamps of Opus are. */
  configure(track: TrackConfig, bias: Micros): void {
    this.#ribbon.configure(track);
    if (track.modality === 'audio') this.#audio.configure(track, bias);
    else this.#video.configure(track);
  }

  push(unit: EncodedUnit): void {
    this.#ribbon.push(unit);
    (unit.modality === 'audio' ? this.#audio : this.#video).push(unit);
  }

  /** Resolves when every unit pushed so far has come out of its decoder or was shed. */
  drained(modality: Modality): Promise<void> {
    return (modality === 'audio' ? this.#audio : this.#video).drained();
  }

  /** Lent, for an answer: see `Ownership`. */
  audioWindow(index: number): AudioWindow | null {
    const window = this.#sound.audioWindow(index, 'lent');
    const pcm = window && this.#samples?.window(startOf(DEFAULT_GRID, index));
    return pcm ? { ...window, pcm } : window;
  }

  /** Lent, for an answer: see `Ownership`. */
  videoWindow(index: number): VideoWindow | null {
    return this.#pictures.videoWindow(index, 'lent');
  }

  /** The pair of a grid position as raw features, the caller's; empty where nothing of it is left. */
  sample(index: number): readonly RawSample[] {
    const audio = this.#sound.audioWindow(index);
    const video = this.#pictures.videoWindow(index);
    if (!audio && !video) return [];
    const start = startOf(DEFAULT_GRID, index);
    const end = endOf(DEFAULT_GRID, index);
    const pcm = this.#samples?.window(start) ?? null;
    return [
      { start, end, mel: audio?.mel ?? null, pcm, rgb: video?.rgb ?? null, older: video?.older ?? null },
    ];
  }

  /** The ribbon's tile that begins with a pair: its newest picture, and the level of its sound. */
  tile(sessionId: string, pair: Pair): Tile {
    const end = micros(pair.start + TILE_HOPS * DEFAULT_GRID.hop);
    const rgb = (pair.video && this.#pictures.tileUpTo(end)) ?? new Uint8Array(0);
    const half = (WINDOW_COLUMNS / 2) * MEL_BANDS;
    const level = pair.audio ? levelDb(pair.audio.mel.subarray(0, half)) : NO_LEVEL_DB;
    return { type: 'tile', sessionId, start: pair.start, end, rgb, levelDb: level };
  }

  /** Encoded units of a span of the ribbon. */
  playback(start: Micros, end: Micros): RibbonSlice {
    return this.#ribbon.slice(start, end);
  }

  /** Idempotent. */
  close(): void {
    this.#audio.close();
    this.#video.close();
    this.#heard.complete();
    this.#seen.complete();
  }

  #hear(chunk: PcmChunk): void {
    this.#samples?.push(chunk);
    const columns = this.#mel.push(chunk);
    if (!columns) return;
    this.#sound.pushColumns(columns);
    this.#heard.next(this.watermark('audio'));
  }

  #see(picture: Picture): void {
    if (this.#pictures.pushPicture(picture)) this.#seen.next(addMicros(picture.at, PICTURE_STANDS_FOR));
    else this.#onShed({ type: 'shed', reason: 'late-video', at: picture.at });
  }
}
