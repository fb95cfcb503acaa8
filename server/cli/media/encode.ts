/**
 * Pictures and sound to VP8 and Opus units, as a browser would send them.
 */
import {
  AudioData,
  AudioEncoder,
  type EncodedAudioChunk,
  type EncodedVideoChunk,
  VideoEncoder,
  VideoFrame,
} from '@napi-rs/webcodecs';

import { type Micros, micros } from '../../../proto/units.ts';
import { Resampler } from '../../../src/features/resample.ts';
import { AUDIO_RATE } from '../../../src/features/spec.ts';
import type { EncodedUnit } from '../../../src/media.ts';
import { CliError } from '../../errors.ts';
import { encodedSize, type Size, shrink } from './shrink.ts';
import type { Y4mPicture } from './y4m.ts';

/** A watcher or a restarted decoder waits this long for its first picture at most. */
const KEY_EVERY: Micros = micros(2_000_000);
/** 0.6 Mbit/s for 320 x 240 at 15 a second (reference `media.md`), in proportion for others. */
const BITS_PER_PIXEL = 600_000 / (320 * 240);
const OPUS_BITS_PER_SECOND = 48_000;
const PACKET_US = 20_000;
/** Rates that Opus takes as they are (RFC 6716, section 2.1.3). */
const OPUS_RATES: readonly number[] = [8_000, 12_000, 16_000, 24_000, 48_000];
/** Frames inside an encoder at once: enough to keep its thread busy. */
const IN_FLIGHT = 4;

/** A native encoder's outputs and error, handed on in order. */
class Outputs<Chunk extends EncodedVideoChunk | EncodedAudioChunk> {
  #ready: Chunk[] = [];
  #error: Error | null = null;
  readonly output = (chunk: Chunk): void => {
    this.#ready.push(chunk);
  };
  readonly error = (error: Error): void => {
    this.#error = error;
  };

  /** What has come since the last call. @throws {CliError} ERR_CLI_MEDIA where the encoder failed. */
  take(): readonly Chunk[] {
    if (this.#error) {
      const hint = `the encoder failed: ${this.#error.message}. Expected it to take any picture or sound: try another file`;
      throw new CliError('ERR_CLI_MEDIA', hint, { cause: this.#error });
    }
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

const bytesOf = (chunk: EncodedVideoChunk | EncodedAudioChunk): Uint8Array => {
  const data = new Uint8Array(chunk.byteLength);
  chunk.copyTo(data);
  return data;
};

/** Waits while an encoder holds more than it should; a macrotask at a time, since its callbacks are. */
async function whileFull(size: () => number): Promise<void> {
  while (size() > IN_FLIGHT) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** VP8 units of pictures, in order, with a key frame every two seconds. Pictures larger than 640 x 480 are shrunk. */
export async function* encodePictures(
  pictures: AsyncIterable<Y4mPicture>,
  source: Size,
): AsyncGenerator<EncodedUnit> {
  const { width, height } = encodedSize(source);
  const outputs = new Outputs<EncodedVideoChunk>();
  const encoder = new VideoEncoder({ output: outputs.output, error: outputs.error });
  const units = function* (): Generator<EncodedUnit> {
    for (const chunk of outputs.take())
      yield {
        modality: 'video',
        key: chunk.type === 'key',
        at: micros(chunk.timestamp),
        data: bytesOf(chunk),
      };
  };
  try {
    const bitrate = Math.round(width * height * BITS_PER_PIXEL);
    encoder.configure({
      codec: 'vp8',
      width,
      height,
      bitrate,
      framerate: 15,
      latencyMode: 'realtime',
      hardwareAcceleration: 'prefer-software',
    });
    let lastKey: number = -KEY_EVERY;
    for await (const { at, picture } of pictures) {
      const keyFrame = at - lastKey >= KEY_EVERY;
      if (keyFrame) lastKey = at;
      const size = { codedWidth: width, codedHeight: height };
      const frame = new VideoFrame(shrink(picture, { width, height }), {
        format: 'I420',
        timestamp: at,
        ...size,
      });
      encoder.encode(frame, { keyFrame });
      frame.close();
      await whileFull(() => encoder.encodeQueueSize);
      yield* units();
    }
    await encoder.flush();
    yield* units();
  } finally {
    if (encoder.state !== 'closed') encoder.close();
  }
}

/** Blocks of 20 ms, the last one filled up with silence. */
async function* packets(blocks: AsyncIterable<Float32Array>, frames: number): AsyncGenerator<Float32Array> {
  let rest = new Float32Array(0);
  for await (const block of blocks) {
    const joined = new Float32Array(rest.length + block.length);
    joined.set(rest);
    joined.set(block, rest.length);
    let at = 0;
    for (; at + frames <= joined.length; at += frames) yield joined.slice(at, at + frames);
    rest = joined.slice(at);
  }
  if (rest.length === 0) return;
  const last = new Float32Array(frames);
  last.set(rest);
  yield last;
}

async function* resampled(blocks: AsyncIterable<Float32Array>, rateHz: number): AsyncGenerator<Float32Array> {
  const resampler = new Resampler(rateHz);
  for await (const block of blocks) {
    const chunk = resampler.push(micros(0), block); // stamps are counted below, half a millisecond late
    if (chunk) yield chunk.samples; // copied by who takes it, before the next block is asked for
  }
}

/** Opus units of mono sound, 20 ms each, packet n at n x 20 ms. Rates that Opus does not take become 16 kHz. */
export async function* encodeSound(
  blocks: AsyncIterable<Float32Array>,
  sourceHz: number,
): AsyncGenerator<EncodedUnit> {
  const taken = OPUS_RATES.includes(sourceHz);
  const sampleRate = taken ? sourceHz : AUDIO_RATE;
  const outputs = new Outputs<EncodedAudioChunk>();
  const encoder = new AudioEncoder({ output: outputs.output, error: outputs.error });
  let sent = 0;
  const units = function* (): Generator<EncodedUnit> {
    for (const chunk of outputs.take())
      yield { modality: 'audio', key: true, at: micros(PACKET_US * sent++), data: bytesOf(chunk) };
  };
  try {
    encoder.configure({ codec: 'opus', sampleRate, numberOfChannels: 1, bitrate: OPUS_BITS_PER_SECOND });
    const numberOfFrames = sampleRate / 50;
    let n = 0;
    for await (const data of packets(taken ? blocks : resampled(blocks, sourceHz), numberOfFrames)) {
      const format = { format: 'f32-planar', sampleRate, numberOfFrames, numberOfChannels: 1 } as const;
      const sound = new AudioData({ ...format, timestamp: PACKET_US * n++, data });
      encoder.encode(sound);
      sound.close();
      await whileFull(() => encoder.encodeQueueSize);
      yield* units();
    }
    await encoder.flush();
    yield* units();
  } finally {
    if (encoder.state !== 'closed') encoder.close();
  }
}
