/**
 * VP8 frames and JPEG files to I420 pictures, through the native library; its objects are closed before anything returns.
 */
import { EncodedVideoChunk, ImageDecoder, VideoDecoder, type VideoFrame } from '@napi-rs/webcodecs';

import type { Micros } from '../../proto/units.ts';
import type { ColourRange, I420 } from '../../src/features/pixels.ts';
import type { QueuedUnit } from './decode-queue.ts';
import { countDecoder } from './open-decoders.ts';
import { Reply } from './reply.ts';

/** Where decoded pictures go, in order. */
export type PictureSink = {
  /** Whether the picture captured at `at` is wanted; asked once, before the work of reading its pixels. */
  wants(at: Micros): boolean;
  /** `picture` is valid until this returns. */
  take(at: Micros, picture: I420): void;
};

/** One codec's decoder. After a rejection it is of no use: close it and make a new one. */
export interface PictureDecoder {
  readonly range: ColourRange;
  /** Takes one unit; call again after it has settled. Pictures go to `sink`: its own, or of an earlier unit. */
  decode(queued: QueuedUnit, sink: PictureSink): Promise<void>;
  /** Idempotent. */
  close(): void;
}

/** Reads pixels out of native frames into one buffer that is used again and again: one at a time. */
export class FrameReader {
  #buffer = new Uint8Array(0);

  /** Closes the frame. */
  async read(frame: VideoFrame): Promise<I420> {
    try {
      if (frame.format !== 'I420') throw new TypeError(`the decoder gave ${frame.format}, expected I420`);
      const size = frame.allocationSize();
      if (this.#buffer.length < size) this.#buffer = new Uint8Array(size);
      const [y, u, v] = await frame.copyTo(this.#buffer);
      if (!y || !u || !v) throw new TypeError('the decoder gave fewer than three planes');
      // The library's chroma planes are floor(side / 2), not ceil: an odd last row or column has no colour. Leave it out.
      const [width, height] = [frame.codedWidth & ~1, frame.codedHeight & ~1];
      return { data: this.#buffer, width, height, planes: [y, u, v] };
    } finally {
      frame.close();
    }
  }
}

export class Vp8Decoder implements PictureDecoder {
  readonly range = 'limited';
  readonly #reply = new Reply<VideoFrame>();
  readonly #native = new VideoDecoder({ output: this.#reply.output, error: this.#reply.error });
  readonly #uncount = countDecoder();
  readonly #reader = new FrameReader();

  constructor() {
    this.#native.configure({
      codec: 'vp8',
      optimizeForLatency: true,
      hardwareAcceleration: 'prefer-software',
    });
  }

  async decode({ unit, key, shown }: QueuedUnit, sink: PictureSink): Promise<void> {
    const chunk = { type: key ? 'key' : 'delta', timestamp: unit.at, data: unit.data } as const;
    const decode = (): void => this.#native.decode(new EncodedVideoChunk(chunk));
    if (!shown) {
      decode();
      return;
    }
    const frame = await this.#reply.after(decode);
    if (sink.wants(unit.at)) sink.take(unit.at, await this.#reader.read(frame));
    else frame.close();
  }

  close(): void {
    this.#uncount();
    if (this.#native.state !== 'closed') this.#native.close();
  }
}

/** Holds nothing open between pictures. */
export class JpegDecoder implements PictureDecoder {
  readonly range = 'full';
  readonly #reader = new FrameReader();

  async decode({ unit }: QueuedUnit, sink: PictureSink): Promise<void> {
    if (!sink.wants(unit.at)) return;
    const uncount = countDecoder();
    const native = new ImageDecoder({ data: unit.data, type: 'image/jpeg' });
    try {
      const { image } = await native.decode();
      sink.take(unit.at, await this.#reader.read(image));
    } finally {
      native.close();
      uncount();
    }
  }

  close(): void {}
}
