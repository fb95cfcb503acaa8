/** VP8 from VideoFrames: a key frame every 2 s, at most 15 a second, the newest frame first when the encoder is behind. */
import { type Micros, micros } from '../../proto/units.ts';
import { DropOldest } from './drop-oldest.ts';
import {
  type CaptureSink,
  FRAME_GAP_US,
  FRAME_RATE,
  KEY_EVERY_US,
  MAX_FAILURES,
  VIDEO_BITRATE,
} from './sink.ts';

const MAX_QUEUE = 2; // frames inside the encoder; a third would be 0.2 s old before it is begun

export type VideoTrackEncoderOptions = {
  readonly sink: CaptureSink;
  /** Page time of a frame's stamp. */
  readonly stamp: (timestampUs: number) => Micros;
};

/** Owns every frame that it is given and closes it. */
export class VideoTrackEncoder {
  readonly #options: VideoTrackEncoderOptions;
  readonly #queue: DropOldest<VideoFrame>;
  #encoder: VideoEncoder | null = null;
  #width = 0;
  #height = 0;
  #lastStamp = Number.NEGATIVE_INFINITY;
  #lastKey = Number.NEGATIVE_INFINITY;
  #live = false;
  #failures = 0;

  constructor(options: VideoTrackEncoderOptions) {
    this.#options = options;
    this.#queue = new DropOldest<VideoFrame>({
      capacity: 1,
      ready: () => (this.#encoder?.encodeQueueSize ?? 0) < MAX_QUEUE,
      take: (frame) => this.#encode(frame),
      drop: (frame) => {
        frame.close();
        options.sink.dropped('encoder-video', 1);
      },
    });
  }

  live(on: boolean): void {
    this.#live = on;
    this.key();
  }

  key(): void {
    this.#lastKey = Number.NEGATIVE_INFINITY;
  }

  push(frame: VideoFrame): void {
    const gap = frame.timestamp - this.#lastStamp;
    if (!this.#live || this.#failures >= MAX_FAILURES || (gap >= 0 && gap < FRAME_GAP_US)) {
      frame.close();
      return;
    }
    this.#lastStamp = frame.timestamp;
    this.#queue.push(frame);
    this.#options.sink.queue(this.#encoder?.encodeQueueSize ?? 0);
  }

  close(): void {
    this.#queue.close();
    if (this.#encoder?.state === 'configured') this.#encoder.close();
    this.#encoder = null;
  }

  #encode(frame: VideoFrame): void {
    try {
      if (frame.displayWidth !== this.#width || frame.displayHeight !== this.#height) this.#configure(frame);
      const keyFrame = frame.timestamp - this.#lastKey >= KEY_EVERY_US;
      if (keyFrame) this.#lastKey = frame.timestamp;
      this.#encoder?.encode(frame, { keyFrame });
    } catch (cause) {
      this.#fail(cause);
    } finally {
      frame.close();
    }
  }

  /** A camera may change its size on the way (a phone that is turned): then everything starts anew with a key frame. */
  #configure(frame: VideoFrame): void {
    if (this.#encoder?.state === 'configured') this.#encoder.close();
    this.#width = frame.displayWidth;
    this.#height = frame.displayHeight;
    this.key();
    const { sink } = this.#options;
    this.#encoder = new VideoEncoder({
      output: (chunk) => this.#emit(chunk),
      error: (cause) => this.#fail(cause),
    });
    this.#encoder.addEventListener('dequeue', () => this.#queue.pump());
    this.#encoder.configure({
      codec: 'vp8',
      width: this.#width,
      height: this.#height,
      bitrate: VIDEO_BITRATE,
      framerate: FRAME_RATE,
      latencyMode: 'realtime',
    });
    sink.track({ modality: 'video', codec: 'vp8', width: this.#width, height: this.#height });
  }

  #emit(chunk: EncodedVideoChunk): void {
    this.#failures = 0;
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const at = micros(this.#options.stamp(chunk.timestamp));
    this.#options.sink.unit({ modality: 'video', key: chunk.type === 'key', at, data });
  }

  /** The next frame builds a new encoder. */
  #fail(cause: unknown): void {
    this.#width = 0;
    this.#failures += 1;
    const message = cause instanceof Error ? cause.message : String(cause);
    if (this.#failures === MAX_FAILURES) this.#options.sink.failed('video', message);
  }
}
