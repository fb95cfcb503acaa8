/** Opus from AudioData. Configured from the first block: devices differ in rate and channels (media.md, G14). */
import type { Micros } from '../../proto/units.ts';
import { DropOldest } from './drop-oldest.ts';
import { SampleTimeline } from './sample-timeline.ts';
import { AUDIO_BITRATE, type CaptureSink, MAX_FAILURES } from './sink.ts';

const MAX_QUEUE = 20; // blocks of 10 ms inside the encoder
const DECODED_RATE_HZ = 48_000; // what every Opus decoder gives, whatever went in (media.md, G13)

export type AudioTrackEncoderOptions = {
  readonly sink: CaptureSink;
  readonly stamp: (timestampUs: number) => Micros;
};

/** Owns every block that it is given and closes it. */
export class AudioTrackEncoder {
  readonly #options: AudioTrackEncoderOptions;
  readonly #queue: DropOldest<AudioData>;
  readonly #timeline = new SampleTimeline();
  #encoder: AudioEncoder | null = null;
  #rate = 0;
  #channels = 0;
  #live = false;
  #failures = 0;

  constructor(options: AudioTrackEncoderOptions) {
    this.#options = options;
    this.#queue = new DropOldest<AudioData>({
      capacity: 20,
      ready: () => (this.#encoder?.encodeQueueSize ?? 0) < MAX_QUEUE,
      take: (block) => this.#encode(block),
      drop: (block) => {
        block.close();
        options.sink.dropped('encoder-audio', 1);
      },
    });
  }

  live(on: boolean): void {
    this.#live = on;
  }

  push(block: AudioData): void {
    if (!this.#live || this.#failures >= MAX_FAILURES) {
      block.close();
      return;
    }
    this.#queue.push(block);
  }

  close(): void {
    this.#queue.close();
    if (this.#encoder?.state === 'configured') this.#encoder.close();
    this.#encoder = null;
  }

  #encode(block: AudioData): void {
    try {
      const same = block.sampleRate === this.#rate && block.numberOfChannels === this.#channels;
      if (!same) this.#announce(block);
      if (!same || this.#timeline.breaks(block.timestamp)) this.#configure();
      this.#timeline.add(block.timestamp, block.numberOfFrames, block.sampleRate);
      this.#encoder?.encode(block);
    } catch (cause) {
      this.#fail(cause);
    } finally {
      block.close();
    }
  }

  #announce(block: AudioData): void {
    this.#rate = block.sampleRate;
    this.#channels = block.numberOfChannels;
    const { sink } = this.#options;
    sink.track({ modality: 'audio', codec: 'opus', sampleRateHz: DECODED_RATE_HZ, channels: this.#channels });
  }

  /** A new encoder; what the old one still holds (at most 20 ms) ends with it. */
  #configure(): void {
    if (this.#encoder?.state === 'configured') this.#encoder.close();
    this.#timeline.restart();
    this.#encoder = new AudioEncoder({
      output: (chunk) => this.#emit(chunk),
      error: (cause) => this.#fail(cause),
    });
    this.#encoder.addEventListener('dequeue', () => this.#queue.pump());
    const format = { sampleRate: this.#rate, numberOfChannels: this.#channels };
    this.#encoder.configure({ codec: 'opus', bitrate: AUDIO_BITRATE, ...format });
  }

  #emit(chunk: EncodedAudioChunk): void {
    this.#failures = 0;
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const at = this.#options.stamp(chunk.timestamp);
    this.#options.sink.unit({ modality: 'audio', key: true, at, data });
  }

  #fail(cause: unknown): void {
    this.#rate = 0;
    this.#failures += 1;
    const message = cause instanceof Error ? cause.message : String(cause);
    if (this.#failures === MAX_FAILURES) this.#options.sink.failed('audio', message);
  }
}
