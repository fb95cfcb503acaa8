/**
 * VP8 frames and JPEG files to I420 pictures, through the native library; its objects are closed before anything returns.
 */
import { EncodedVideoChunk, ImageDecoder, VideoDecoder, type VideoFrame } from '@napi-rs/webcodecs';

import type { ColourRange, I420 } from '../../src/features/pixels.ts';
import type { QueuedUnit } from './decode-queue.ts';
import { countDecoder } from './open-decoders.ts';
import { Reply } from './reply.ts';

/** Says whether a decoded picture is wanted, before the work of reading its pixels. */
export type Wanted = () => boolean;

/** One codec's decoder. After a rejection it is of no use: close it and make a new one. */
export interface PictureDecoder {
  readonly range: ColourRange;
  /**
   * Decodes one unit; call again after it has settled.
   *
   * @returns the picture, valid until the next call, or null where the unit shows none or it is not wanted.
   */
  decode(queued: QueuedUnit, wanted: Wanted): Promise<I420 | null>;
  /** Idempotent. */
  close(): void;
}

/** Reads pixels out of native frames into one buffer that is used again and again. */
class FrameReader {
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

  async decode({ unit, key, shown }: QueuedUnit, wanted: Wanted): Promise<I420 | null> {
    const chunk = { type: key ? 'key' : 'delta', timestamp: unit.at, data: unit.data } as const;
    const decode = (): void => this.#native.decode(new EncodedVideoChunk(chunk));
    if (!shown) {
      decode();
      return null;
    }
    const frame = await this.#reply.after(decode);
    if (wanted()) return this.#reader.read(frame);
    frame.close();
    return null;
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

  async decode({ unit }: QueuedUnit, wanted: Wanted): Promise<I420 | null> {
    if (!wanted()) return null;
    const uncount = countDecoder();
    const native = new ImageDecoder({ data: unit.data, type: 'image/jpeg' });
    try {
      const { image } = await native.decode();
      return await this.#reader.read(image);
    } finally {
      native.close();
      uncount();
    }
  }

  close(): void {}
}
