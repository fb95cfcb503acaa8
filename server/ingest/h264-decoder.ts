/**
 * H264 access units in Annex B to I420 pictures, which come two to four units later than they went in (reference `media.md`,
 * G7): each under its own stamp.
 */
import { EncodedVideoChunk, VideoDecoder, type VideoFrame } from '@napi-rs/webcodecs';

import { type Micros, micros } from '../../proto/units.ts';
import type { QueuedUnit } from './decode-queue.ts';
import { countDecoder } from './open-decoders.ts';
import { FrameReader, type PictureDecoder, type PictureSink } from './picture-decoders.ts';

/** Constrained baseline, level 3.1; the parameter sets in the stream say what it really is. */
const CODEC = 'avc1.42e01f';
/** Units that may be inside: those that it keeps anyway, and as many again. */
const IN_FLIGHT = 8;
/** A decoder that gives nothing for this long, full as it is, is taken for stuck. */
const STUCK_AFTER_MS = 5_000;

export class H264Decoder implements PictureDecoder {
  readonly range = 'limited';
  readonly #native: VideoDecoder;
  readonly #uncount = countDecoder();
  readonly #reader = new FrameReader();
  /** Stamps of the units inside, in order. */
  #inside: Micros[] = [];
  #sink: PictureSink | null = null;
  #reading: Promise<void> = Promise.resolve();
  #failure: Error | null = null;
  #progress: (() => void) | null = null;

  constructor() {
    this.#native = new VideoDecoder({
      output: (frame) => this.#output(frame),
      error: (error) => this.#fail(error),
    });
    this.#native.configure({
      codec: CODEC,
      optimizeForLatency: true,
      hardwareAcceleration: 'prefer-software',
    });
  }

  /** Settles when the unit is inside, which takes a decoded picture where eight are. Rejects on any earlier unit's error, too. */
  async decode({ unit, key }: QueuedUnit, sink: PictureSink): Promise<void> {
    this.#sink = sink;
    if (!this.#failure) {
      this.#inside.push(unit.at);
      const chunk = { type: key ? 'key' : 'delta', timestamp: unit.at, data: unit.data } as const;
      this.#native.decode(new EncodedVideoChunk(chunk));
    }
    while (!this.#failure && this.#inside.length > IN_FLIGHT) await this.#progressed();
    await this.#reading;
    if (this.#failure) throw this.#failure;
  }

  close(): void {
    this.#uncount();
    this.#sink = null;
    this.#fail(new Error('the decoder was closed'));
    if (this.#native.state !== 'closed') this.#native.close();
  }

  #output(frame: VideoFrame): void {
    const at = micros(frame.timestamp);
    this.#inside = this.#inside.filter((stamp) => stamp > at);
    const sink = this.#sink;
    if (sink?.wants(at)) this.#reading = this.#reading.then(() => this.#read(frame, at, sink));
    else frame.close();
    this.#progress?.();
  }

  async #read(frame: VideoFrame, at: Micros, sink: PictureSink): Promise<void> {
    try {
      sink.take(at, await this.#reader.read(frame));
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#progress?.();
  }

  #progressed(): Promise<void> {
    return new Promise((resolve) => {
      const stuck = setTimeout(
        () => this.#fail(new Error('the decoder gave nothing for five seconds')),
        STUCK_AFTER_MS,
      );
      this.#progress = () => {
        this.#progress = null;
        clearTimeout(stuck);
        resolve();
      };
    });
  }
}
