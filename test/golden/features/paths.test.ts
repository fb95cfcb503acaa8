/**
 * The same samples, the same numbers, whichever way they come to an encoder: from a browser, from `counterpoise stream`, or from
 * pretraining. Every sender's features are computed by the server, from what its decoders give; pretraining makes raw windows
 * and normalizes them by the same functions. NumPy is the judge (`make.py`).
 */
import { describe, expect, it } from 'vitest';

import { pcm16 } from '../../../client/capture/pcm16.ts';
import { micros, millis } from '../../../proto/units.ts';
import { encodePictures, encodeSound } from '../../../server/cli/media/encode.ts';
import { OpusDecoder } from '../../../server/ingest/opus-decoder.ts';
import { Vp8Decoder } from '../../../server/ingest/picture-decoders.ts';
import { SessionMedia } from '../../../server/session-media.ts';
import { PictureRing } from '../../../src/features/columns.ts';
import { melOf } from '../../../src/features/mel.ts';
import { audioPlanes, videoPlanes } from '../../../src/features/normalize.ts';
import { type I420, lumaInto, PictureScaler } from '../../../src/features/pixels.ts';
import { Resampler } from '../../../src/features/resample.ts';
import {
  AUDIO_INPUT,
  FRAME_SAMPLES,
  OLDER_BYTES,
  PICTURE_PIXELS,
  VIDEO_INPUT,
} from '../../../src/features/spec.ts';
import type { RawSample } from '../../../src/journal.ts';
import type { EncodedUnit, TrackConfig } from '../../../src/media.ts';
import { AUDIO_MATERIAL } from '../../../src/pretraining/audio-material.ts';
import type { PictureWindow, SoundWindow } from '../../../src/pretraining/instance.ts';
import { VIDEO_MATERIAL } from '../../../src/pretraining/video-material.ts';
import vectors from './vectors.json' with { type: 'json' };

const floatsOf = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
const { every } = vectors.paths;
const sampled = (values: Float32Array): Float32Array => values.filter((_, i) => i % every === 0);

function differences(got: Float32Array, expected: Float32Array): readonly number[] {
  if (got.length !== expected.length) return [Number.POSITIVE_INFINITY];
  return [...got].map((x, i) => Math.abs(x - (expected[i] ?? 0)));
}
const furthest = (got: Float32Array, expected: Float32Array): number =>
  Math.max(...differences(got, expected));

/** The generator of `make.py`. */
function lcg(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = Number((1664525n * BigInt(state) + 1013904223n) % 4294967296n);
    return state / 4294967296;
  });
}

const SAMPLES = FRAME_SAMPLES + 95 * 160; // what window 0 is made of
const sound = Float32Array.from(lcg(SAMPLES, 1), (x, n) => {
  const t = n / 16_000;
  const tone = 0.3 * Math.sin(2 * Math.PI * (300 + 700 * t) * t) + 0.1 * Math.sin(2 * Math.PI * 2500 * t);
  return n < 12_000 ? tone + 0.02 * (x - 0.5) : 0;
});
/** As 16-bit PCM holds it, to the server. */
const heard = sound.map((x) => Math.round(Math.fround(x) * 32_767) / 0x8000);

/** Picture `n` of the stream, 96 x 96, as `make.py` has it. */
function pictureAt(n: number): I420 {
  const [side, half] = [96, 48];
  const data = Uint8Array.from(lcg(side * side + 2 * half * half, 100 + n), (x) => Math.floor(x * 256));
  const blocks = data.slice();
  for (let p = 0; p < side * side; p++) {
    const [x, y] = [p % side, Math.floor(p / side)];
    blocks[p] = data[(y - (y % 8)) * side + x - (x % 8)] ?? 0;
  }
  const planes = [
    { offset: 0, stride: side },
    { offset: side * side, stride: half },
    { offset: side * side + half * half, stride: half },
  ] as const;
  return { data: blocks, width: side, height: side, planes };
}
const pictureTime = (n: number) => micros(Math.round((n * 1e6) / 15));
const NEWEST = 14; // at 0.933 s: window 0 ends at 0.96

/** What pretraining makes of four RGB pictures and of sound: the raw window, and the encoder's input. */
function pretrainedPicture(pictures: readonly Uint8Array[]): Float32Array {
  const [rgb, ...before] = pictures;
  if (!rgb) throw new TypeError('a window has a newest picture');
  const window: PictureWindow = { rgb, older: new Uint8Array(OLDER_BYTES) };
  before.forEach((picture, k) => {
    lumaInto(window.older, k * PICTURE_PIXELS, picture);
  });
  const out = new Float32Array(VIDEO_INPUT);
  VIDEO_MATERIAL.planesInto(out, 0, window);
  return out;
}

function pretrainedSound(samples: Float32Array): Float32Array {
  const window: SoundWindow = { mel: melOf(samples) };
  const out = new Float32Array(AUDIO_INPUT);
  AUDIO_MATERIAL.planesInto(out, 0, window);
  return out;
}

/** Sends units through a session, as the server does with any sender's, and gives window 0 as it would be stored. */
async function throughSession(track: TrackConfig, units: readonly EncodedUnit[]): Promise<RawSample> {
  const lost: string[] = [];
  const media = new SessionMedia({
    live: false,
    waveform: false,
    onShed: ({ reason }) => lost.push(reason),
    onDecoded: () => undefined,
    onNeedKey: () => undefined,
    clock: { monotonic: () => micros(0), wall: () => millis(0) },
  });
  try {
    media.configure(track, micros(0));
    for (const unit of units) media.push(unit);
    await media.drained(track.modality);
    const [sample] = media.sample(0);
    expect(lost).toEqual([]);
    if (!sample) throw new TypeError('window 0 is not there');
    return sample;
  } finally {
    media.close();
  }
}

async function* given<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('the same sound', () => {
  it('from a browser that sends PCM is what NumPy makes of it', async () => {
    const page = new Resampler(16_000);
    const units = Array.from({ length: SAMPLES / 80 }, (_, k): EncodedUnit[] => {
      const chunk = page.push(micros(k * 5_000), sound.subarray(80 * k, 80 * (k + 1)));
      return chunk ? [{ modality: 'audio', key: true, at: chunk.at, data: pcm16(chunk.samples) }] : [];
    }).flat();
    const track = { modality: 'audio', codec: 'pcm16', sampleRateHz: 16_000, channels: 1 } as const;
    const { mel } = await throughSession(track, units);
    if (!mel) throw new TypeError('there is no sound');
    expect(furthest(sampled(audioPlanes(mel)), floatsOf(vectors.paths.audio))).toBeLessThan(1e-5);
  });

  it('at 48 kHz is the same whether the page or the server brings it to 16 kHz', async () => {
    const fast = Float32Array.from({ length: 3 * SAMPLES + 4_800 }, (_, n) => {
      const t = n / 48_000;
      return 0.3 * Math.sin(2 * Math.PI * (300 + 700 * t) * t) + 0.05 * Math.sin(2 * Math.PI * 3_100 * t);
    });
    const blocks = Array.from({ length: fast.length / 240 }, (_, k) => fast.subarray(240 * k, 240 * (k + 1)));
    const page = new Resampler(48_000);
    const slow = blocks.flatMap((block, k): EncodedUnit[] => {
      const chunk = page.push(micros(k * 5_000), block);
      return chunk ? [{ modality: 'audio', key: true, at: chunk.at, data: pcm16(chunk.samples) }] : [];
    });
    const whole = blocks.map(
      (block, k): EncodedUnit => ({
        modality: 'audio',
        key: true,
        at: micros(k * 5_000),
        data: pcm16(block),
      }),
    );
    const track = { modality: 'audio', codec: 'pcm16', channels: 1 } as const;
    const inPage = await throughSession({ ...track, sampleRateHz: 16_000 }, slow);
    const inServer = await throughSession({ ...track, sampleRateHz: 48_000 }, whole);
    if (!inPage.mel || !inServer.mel) throw new TypeError('there is no sound');
    // 16 bits round before or after: 8 bins of noise of 1e-4 each against an offset of 0.01 in the empty upper bands.
    const apart = differences(audioPlanes(inPage.mel), audioPlanes(inServer.mel));
    expect(Math.max(...apart)).toBeLessThan(0.1);
    expect(Math.sqrt(apart.reduce((sum, x) => sum + x * x, 0) / apart.length)).toBeLessThan(0.01);
  });

  it('in pretraining is what NumPy makes of it, and to the bit what a session makes of it', () => {
    expect(furthest(sampled(pretrainedSound(heard)), floatsOf(vectors.paths.audio))).toBeLessThan(1e-5);
    expect(pretrainedSound(heard)).toEqual(audioPlanes(melOf(heard)));
  });

  it('from the command line, once decoded, is to the bit what pretraining would make of it', async () => {
    const units = await all(encodeSound(given([sound, new Float32Array(16_000)]), 16_000));
    const track = { modality: 'audio', codec: 'opus', sampleRateHz: 16_000, channels: 1 } as const;
    const { mel } = await throughSession(track, units);
    if (!mel) throw new TypeError('there is no sound');
    const decoder = new OpusDecoder(1);
    const resampler = new Resampler(48_000);
    const decoded: number[] = [];
    for (const unit of units) {
      const { channels } = await decoder.decode(unit);
      const chunk = resampler.push(unit.at, channels[0] ?? new Float32Array(0));
      if (chunk) decoded.push(...chunk.samples);
    }
    decoder.close();
    const window = Float32Array.from(decoded).subarray(0, SAMPLES);
    expect(pretrainedSound(window)).toEqual(audioPlanes(mel));
  });
});

describe('the same pictures', () => {
  const scaler = new PictureScaler();
  const rgbOf = (n: number): Uint8Array => scaler.fromI420(pictureAt(n));
  const golden = floatsOf(vectors.paths.video);
  /** NumPy rounds a few levels the other way: means are float32 here. One level is at most 1 / 58 of the deviation. */
  const expectGolden = (planes: Float32Array): void => {
    const apart = differences(sampled(planes), golden);
    expect(Math.max(...apart)).toBeLessThan(1 / 50);
    expect(apart.filter((x) => x > 1e-4).length / apart.length).toBeLessThan(0.002);
  };

  it('in a session are what NumPy makes of them, and to the bit what pretraining makes of them', () => {
    const ring = new PictureRing();
    for (let n = 0; n <= NEWEST; n++) ring.pushPicture({ at: pictureTime(n), rgb: rgbOf(n) });
    const window = ring.videoWindow(0);
    if (!window) throw new TypeError('window 0 is not there');
    const planes = videoPlanes(window.rgb, window.older);
    expectGolden(planes);
    expect(pretrainedPicture([14, 12, 10, 8].map(rgbOf))).toEqual(planes);
  });

  it('from the command line, once decoded, are to the bit what pretraining would make of them', async () => {
    const pictures = Array.from({ length: NEWEST + 1 }, (_, n) => ({
      at: pictureTime(n),
      picture: pictureAt(n),
    }));
    const units = await all(encodePictures(given(pictures), { width: 96, height: 96 }));
    const track = { modality: 'video', codec: 'vp8', width: 96, height: 96 } as const;
    const { rgb, older } = await throughSession(track, units);
    if (!rgb || !older) throw new TypeError('there are no pictures');
    const decoder = new Vp8Decoder();
    const decoded: Uint8Array[] = [];
    for (const unit of units)
      await decoder.decode(
        { unit, key: unit.key, shown: true },
        { wants: () => true, take: (_, picture) => decoded.push(scaler.fromI420(picture, decoder.range)) },
      );
    decoder.close();
    const chosen = [14, 12, 10, 8].flatMap((n) => decoded[n] ?? []);
    expect(pretrainedPicture(chosen)).toEqual(videoPlanes(rgb, older));
  });
});
