/**
 * One session's pictures: encoded units in, 96 x 96 RGB out, in order, 15 a second at most.
 */
import type { TrackConfig } from '../../proto/messages.ts';
import { millisFromMicros, subMicros } from '../../proto/units.ts';
import type { Clock } from '../../src/clock.ts';
import { PictureScaler } from '../../src/features/pixels.ts';
import { PICTURE_BYTES, PICTURE_RATE } from '../../src/features/spec.ts';
import type { EncodedUnit, Picture, Shed } from '../../src/media.ts';
import type { Decoded } from '../link-meter.ts';
import { DecodeQueue, type QueuedUnit } from './decode-queue.ts';
import { H264Decoder } from './h264-decoder.ts';
import { h264Header, jpegHeader, vp8Header } from './headers.ts';
import { JpegDecoder, type PictureDecoder, type PictureSink, Vp8Decoder } from './picture-decoders.ts';
import { PictureGrid } from './picture-grid.ts';

/** Units that may wait: two seconds of live pictures at 15 a second, or a minute where the sender is held back by credit. */
const LIVE_LIMIT = 30;
const CREDIT_LIMIT = 1_800;

export type VideoIngestOptions = {
  /** Live pictures are shed when the decoder falls behind. */
  readonly live: boolean;
  /** The pixels are valid until this returns: who keeps them copies them. */
  readonly onPicture: (picture: Picture) => void;
  readonly onDecoded: (decoded: Decoded) => void;
  /** Nothing more can be decoded before a key frame; called again with every picture that it costs. */
  readonly onNeedKey: () => void;
  readonly clock: Clock;
  readonly onShed: (shed: Shed) => void;
};

type Track = Extract<TrackConfig, { modality: 'video' }>;

const HEADERS = { vp8: vp8Header, h264: h264Header, jpeg: jpegHeader } as const;
const DECODERS = { vp8: Vp8Decoder, h264: H264Decoder, jpeg: JpegDecoder } as const;

export class VideoIngest {
  readonly #options: VideoIngestOptions;
  readonly #scaler = new PictureScaler();
  /** Scratch: the newest picture, written anew for each. */
  readonly #rgb = new Uint8Array(PICTURE_BYTES);
  #track: Track | null = null;
  #queue: DecodeQueue | null = null;
  #decoder: PictureDecoder | null = null;
  #grid = new PictureGrid(PICTURE_RATE);
  #size = { width: 0, height: 0 };
  /** Pictures read so far. */
  #read = 0;

  constructor(options: VideoIngestOptions) {
    this.#options = options;
  }

  /** Starts a track, in place of the one before; what of that one still waits is dropped. The first unit must be a key frame. */
  configure(track: TrackConfig): void {
    this.close();
    if (track.modality !== 'video') return;
    this.#track = track;
    this.#grid = new PictureGrid(PICTURE_RATE);
    this.#queue = new DecodeQueue({
      limit: this.#options.live ? LIVE_LIMIT : CREDIT_LIMIT,
      decode: (queued) => this.#decode(queued, track),
      onShed: (shed) => this.#shed(shed),
    });
  }

  /**
   * Takes a unit. What is no frame of the track's codec is shed as `undecodable`, a delta without its key frame as
   * `no-key-frame`; sizes may change with any key frame.
   */
  push(unit: EncodedUnit): void {
    const header = this.#track && HEADERS[this.#track.codec](unit.data);
    if (!this.#queue || !header) {
      this.#options.onShed({ type: 'shed', reason: 'undecodable', at: unit.at });
      return;
    }
    this.#queue.push({ unit, ...header });
  }

  /** Resolves when every unit pushed so far has come out or was shed; of H264 the last two to four pictures stay in the decoder. */
  drained(): Promise<void> {
    return this.#queue?.drained() ?? Promise.resolve();
  }

  /** Ends the track and closes the decoder. Idempotent; `configure` starts anew. */
  close(): void {
    this.#queue?.close();
    this.#decoder?.close();
    this.#queue = null;
    this.#decoder = null;
    this.#track = null;
  }

  /** Many senders make a key frame only when they are asked: without one they would never be seen again. */
  #shed(shed: Shed): void {
    this.#options.onShed(shed);
    if (shed.reason === 'no-key-frame') this.#options.onNeedKey();
  }

  async #decode(queued: QueuedUnit, track: Track): Promise<boolean> {
    this.#decoder ??= new DECODERS[track.codec]();
    const decoder = this.#decoder;
    const began = this.#options.clock.monotonic();
    const before = this.#read;
    try {
      await decoder.decode(queued, this.#sink(track, decoder));
    } catch {
      decoder.close();
      if (this.#decoder === decoder) this.#decoder = null;
      this.#options.onNeedKey();
      return false;
    }
    const took = millisFromMicros(subMicros(this.#options.clock.monotonic(), began));
    this.#options.onDecoded({ took, ...this.#size, read: this.#read > before });
    return true;
  }

  #sink(track: Track, { range }: PictureDecoder): PictureSink {
    return {
      wants: (at) => this.#track === track && this.#grid.takes(at),
      take: (at, picture) => {
        if (this.#track !== track) return;
        this.#read += 1;
        this.#size = { width: picture.width, height: picture.height };
        this.#options.onPicture({ at, rgb: this.#scaler.fromI420(picture, range, this.#rgb) });
      },
    };
  }
}
