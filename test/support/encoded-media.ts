/** Real encoded picture and sound for tests, made on the spot: a bright disc that wanders over grey, and a tone. */
import {
  AudioData,
  AudioEncoder,
  type EncodedAudioChunk,
  type EncodedVideoChunk,
  VideoEncoder,
  VideoFrame,
} from '@napi-rs/webcodecs';

import { micros } from '../../proto/units.ts';
import type { EncodedUnit } from '../../src/media.ts';

export type PictureOptions = {
  readonly count: number;
  readonly codec?: 'vp8' | 'h264';
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** A key frame every so many pictures. Default 15. */
  readonly keyEvery?: number;
  readonly bitrate?: number;
  /** Number of the first picture. */
  readonly first?: number;
  /** Stamp of picture 0, microseconds. */
  readonly start?: number;
  /** I420 planes of picture `n`. Default: `discPicture`. */
  readonly draw?: (n: number, width: number, height: number) => Uint8Array;
};

export type SoundOptions = {
  readonly bitrate?: number;
  /** Stamp of the first packet, microseconds. */
  readonly start?: number;
  /** Sample at a second. Default: a tone of 440 Hz. */
  readonly wave?: (t: number) => number;
};

function unitOf(modality: 'audio' | 'video', chunk: EncodedVideoChunk | EncodedAudioChunk): EncodedUnit {
  const data = new Uint8Array(chunk.byteLength);
  chunk.copyTo(data);
  return { modality, key: chunk.type === 'key', at: micros(chunk.timestamp), data };
}

/** I420 planes of picture `n`: luma 60, a disc of 200 whose place tells n. */
export function discPicture(n: number, width = 320, height = 240): Uint8Array {
  const data = new Uint8Array((width * height * 3) / 2).fill(60, 0, width * height).fill(128, width * height);
  const [cx, cy] = [width / 4 + ((n * 7) % (width / 2)), height / 2];
  for (let y = Math.floor(cy - 30); y < cy + 30; y++)
    for (let x = Math.floor(cx - 30); x < cx + 30; x++)
      if (Math.hypot(x - cx, y - cy) < 30) data[y * width + x] = 200;
  return data;
}

/** Units in order; H264 in Annex B with its parameter sets before each key frame. */
export async function encodedPictures(options: PictureOptions): Promise<EncodedUnit[]> {
  const { count, codec = 'vp8', width = 320, height = 240, fps = 15, keyEvery = 15 } = options;
  const { bitrate = 600_000, first = 0, start = 0, draw = discPicture } = options;
  const units: EncodedUnit[] = [];
  const encoder = new VideoEncoder({
    output: (chunk) => units.push(unitOf('video', chunk)),
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({
    codec: codec === 'vp8' ? 'vp8' : 'avc1.42e01f',
    width,
    height,
    bitrate,
    framerate: fps,
    latencyMode: 'realtime',
    ...(codec === 'h264' ? { avc: { format: 'annexb' } } : {}),
  });
  for (let n = 0; n < count; n++) {
    const timestamp = start + Math.round(((first + n) * 1e6) / fps);
    const frame = new VideoFrame(draw(first + n, width, height), {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      timestamp,
    });
    encoder.encode(frame, { keyFrame: n % keyEvery === 0 });
    frame.close();
  }
  await encoder.flush();
  encoder.close();
  return units;
}

const tone = (t: number): number => 0.3 * Math.sin(2 * Math.PI * 440 * t);

/** Opus packets of 20 ms. */
export async function encodedTone(
  packets: number,
  { bitrate = 48_000, start = 0, wave = tone }: SoundOptions = {},
): Promise<EncodedUnit[]> {
  const units: EncodedUnit[] = [];
  const encoder = new AudioEncoder({
    output: (chunk) => units.push(unitOf('audio', chunk)),
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({ codec: 'opus', sampleRate: 48_000, numberOfChannels: 1, bitrate });
  for (let n = 0; n < packets; n++) {
    const data = Float32Array.from({ length: 960 }, (_, k) => wave((n * 960 + k) / 48_000));
    const sound = new AudioData({
      format: 'f32-planar',
      sampleRate: 48_000,
      numberOfFrames: 960,
      numberOfChannels: 1,
      timestamp: start + n * 20_000,
      data,
    });
    encoder.encode(sound);
    sound.close();
  }
  await encoder.flush();
  encoder.close();
  return units.slice(0, packets); // flushing adds one packet that nothing was captured for
}
