/**
 * Real encoders into real decoders: what was captured comes out at its time and as it was; what is no media comes out as sheds.
 */
import { readFile } from 'node:fs/promises';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { TrackConfig } from '../../proto/messages.ts';
import { micros } from '../../proto/units.ts';
import { systemClock } from '../../server/clock.ts';
import { AudioIngest, DEFAULT_AUDIO_BIAS } from '../../server/ingest/audio-ingest.ts';
import { openDecoders } from '../../server/ingest/open-decoders.ts';
import { VideoIngest } from '../../server/ingest/video-ingest.ts';
import type { Decoded } from '../../server/link-meter.ts';
import { PictureScaler } from '../../src/features/pixels.ts';
import type { EncodedUnit, PcmChunk, Picture, Shed } from '../../src/media.ts';
import { random } from '../../src/random.ts';
import { encodedPictures, encodedTone, type PictureOptions } from '../support/encoded-media.ts';

const OPUS: TrackConfig = { modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 1 };
const VP8: TrackConfig = { modality: 'video', codec: 'vp8', width: 320, height: 240 };
const START = 2_000_000;

/** A disc that wanders over a gradient: [planes] of picture `n`. */
function i420(n: number, width: number, height: number): Uint8Array {
  const data = new Uint8Array((width * height * 3) / 2)
    .fill(110, width * height)
    .fill(150, (width * height * 5) / 4);
  for (let p = 0; p < width * height; p++) {
    const [x, y] = [p % width, Math.floor(p / width)];
    data[p] = Math.hypot(x - 40 - 4 * n, y - height / 2) < 30 ? 200 : 40 + Math.floor((x * 80) / width);
  }
  return data;
}

const vp8 = (count: number, options: Omit<PictureOptions, 'count'> = {}): Promise<EncodedUnit[]> =>
  encodedPictures({ count, keyEvery: 30, bitrate: 1_000_000, start: START, draw: i420, ...options });

/** A chirp, so that a shift in time cannot hide. */
const chirp = (t: number): number => 0.4 * Math.sin(2 * Math.PI * (200 + 400 * t) * t);

const opus = (seconds: number): Promise<EncodedUnit[]> =>
  encodedTone(50 * seconds, { bitrate: 64_000, start: START, wave: chirp });

function hear(track: TrackConfig, live = false) {
  const [chunks, sheds, decoded]: [PcmChunk[], Shed[], Decoded[]] = [[], [], []];
  const ingest = new AudioIngest({
    live,
    clock: systemClock,
    onPcm: ({ at, samples }) => chunks.push({ at, samples: samples.slice() }),
    onDecoded: (one) => decoded.push(one),
    onShed: (shed) => sheds.push(shed),
  });
  ingest.configure(track, DEFAULT_AUDIO_BIAS.websocket);
  return { ingest, chunks, sheds, decoded, reasons: () => sheds.map(({ reason }) => reason) };
}

function see(track: TrackConfig, live = false) {
  const [pictures, sheds, decoded]: [Picture[], Shed[], Decoded[]] = [[], [], []];
  let keysAsked = 0;
  const ingest = new VideoIngest({
    live,
    clock: systemClock,
    onPicture: ({ at, rgb }) => pictures.push({ at, rgb: rgb.slice() }),
    onDecoded: (one) => decoded.push(one),
    onNeedKey: () => {
      keysAsked += 1;
    },
    onShed: (shed) => sheds.push(shed),
  });
  ingest.configure(track);
  return {
    ingest,
    pictures,
    sheds,
    decoded,
    keysAsked: () => keysAsked,
    reasons: () => sheds.map(({ reason }) => reason),
  };
}

const meanDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;

let before = 0;
beforeEach(() => {
  before = openDecoders();
});
afterEach(() => {
  expect(openDecoders()).toBe(before);
});

describe('VideoIngest', () => {
  it('gives every VP8 picture at its stamp, as it was', async () => {
    const { ingest, pictures, sheds } = see(VP8);
    const units = await vp8(45);
    for (const unit of units) ingest.push(unit);
    expect(openDecoders()).toBe(before + 1);
    await ingest.drained();
    ingest.close();
    ingest.close();
    expect(pictures.map(({ at }) => at)).toEqual(units.map(({ at }) => at));
    expect(sheds).toEqual([]);
    const scaler = new PictureScaler();
    for (const [n, { rgb }] of pictures.entries()) {
      const planes = [
        { offset: 0, stride: 320 },
        { offset: 76_800, stride: 160 },
        { offset: 96_000, stride: 160 },
      ] as const;
      const original = scaler.fromI420({ data: i420(n, 320, 240), width: 320, height: 240, planes });
      expect(meanDifference(rgb, original)).toBeLessThan(3); // levels; VP8 at 1 Mbit/s
    }
  });

  it('reads a new size with its key frame, odd ones too', async () => {
    const { ingest, pictures, sheds } = see(VP8);
    const units = [...(await vp8(5)), ...(await vp8(5, { width: 162, height: 122, first: 5 }))];
    for (const unit of units) ingest.push(unit);
    await ingest.drained();
    ingest.close();
    expect([pictures.length, sheds]).toEqual([10, []]);
  });

  it('thins 30 a second to 15', async () => {
    const { ingest, pictures } = see(VP8);
    for (const unit of await vp8(30, { fps: 30 })) ingest.push(unit);
    await ingest.drained();
    ingest.close();
    expect(pictures.length).toBe(15);
  });

  it('builds a new decoder after an error and waits for a key frame', async () => {
    const { ingest, pictures, reasons } = see(VP8);
    const units = await vp8(32);
    const broken = units.map((unit, n) =>
      n === 3 ? { ...unit, data: unit.data.subarray(0, 4).fill(0xff, 1) } : unit,
    );
    for (const unit of broken) ingest.push(unit);
    await ingest.drained();
    ingest.close();
    const next = units.findIndex(({ key }, n) => n > 3 && key); // 30, or earlier where the encoder saw fit
    expect(pictures.map(({ at }) => at)).toEqual(
      [...units.slice(0, 3), ...units.slice(next)].map(({ at }) => at),
    );
    expect(reasons()).toEqual(['undecodable', ...Array(next - 4).fill('no-key-frame')]);
  });

  it('decodes JPEG in full range', async () => {
    const { ingest, pictures, sheds } = see({ ...VP8, codec: 'jpeg' });
    const data = await readFile(new URL('../golden/features/halves.jpg', import.meta.url));
    ingest.push({ modality: 'video', key: true, at: micros(5), data });
    await ingest.drained();
    ingest.close();
    expect(sheds).toEqual([]);
    const rgb = pictures[0]?.rgb ?? new Uint8Array();
    const row = 48 * 96 * 3;
    const pixel = (x: number) => [...rgb.subarray(row + 3 * x, row + 3 * x + 3)];
    for (const [i, level] of [200, 30, 40].entries())
      expect(Math.abs((pixel(20)[i] ?? 0) - level)).toBeLessThan(4);
    for (const [i, level] of [20, 220, 90].entries())
      expect(Math.abs((pixel(76)[i] ?? 0) - level)).toBeLessThan(4);
  });

  it('sheds deltas before a key frame and everything before a track', async () => {
    const { ingest, pictures, reasons, keysAsked } = see(VP8);
    const [, delta] = await vp8(2);
    if (delta) ingest.push(delta);
    expect(keysAsked()).toBe(1); // who makes no key frame of its own accord must be asked
    ingest.close();
    if (delta) ingest.push(delta);
    expect([pictures, reasons()]).toEqual([[], ['no-key-frame', 'undecodable']]);
  });

  it('sheds the oldest deltas when live pictures come faster than they are decoded', async () => {
    const { ingest, pictures, reasons } = see(VP8, true);
    for (const unit of [...(await vp8(60)), ...(await vp8(60, { first: 60 }))]) ingest.push(unit);
    await ingest.drained();
    ingest.close();
    expect(new Set(reasons())).toEqual(new Set(['decode-queue']));
    expect(pictures.length + reasons().length).toBe(120);
    expect(pictures.length).toBeGreaterThan(0);
  });

  it('gives nothing after close, though a unit is in the decoder', async () => {
    const { ingest, pictures } = see(VP8);
    const units = await vp8(3);
    for (const unit of units) ingest.push(unit);
    const drained = ingest.drained();
    ingest.close();
    await drained;
    await new Promise((resolve) => setImmediate(resolve));
    expect(pictures).toEqual([]);
  });
});

describe('AudioIngest', () => {
  it('gives Opus sound at the time it was captured, within a quarter millisecond', async () => {
    const { ingest, chunks, sheds } = hear(OPUS);
    for (const unit of await opus(1)) ingest.push(unit);
    await ingest.drained();
    ingest.close();
    expect(sheds).toEqual([]);
    const [first] = chunks;
    const sound = Float32Array.from(chunks.flatMap(({ samples }) => [...samples]));
    expect(sound.length).toBe(16_000);
    expect(first?.at).toBe(START - 6_500 - 490);
    const agreement = (shiftUs: number): number => {
      let [xy, xx, yy] = [0, 0, 0];
      for (let n = 4_000; n < 12_000; n++) {
        const x = chirp((-6_990 - shiftUs) / 1e6 + n / 16_000);
        const y = sound[n] ?? 0;
        xy += x * y;
        xx += x * x;
        yy += y * y;
      }
      return xy / Math.sqrt(xx * yy);
    };
    const shifts = Array.from({ length: 41 }, (_, i) => (i - 20) * 125);
    const best = shifts.reduce((a, b) => (agreement(b) > agreement(a) ? b : a));
    expect(Math.abs(best)).toBeLessThanOrEqual(250);
    expect(agreement(best)).toBeGreaterThan(0.99);
  });

  it('hands PCM through at once, its channels mixed', async () => {
    const { ingest, chunks } = hear({ modality: 'audio', codec: 'pcm16', sampleRateHz: 16_000, channels: 2 });
    const data = new Uint8Array(Int16Array.of(16_384, 0, -16_384, -16_384).buffer);
    ingest.push({ modality: 'audio', key: true, at: micros(7), data });
    await ingest.drained();
    ingest.push({ modality: 'audio', key: true, at: micros(9), data: data.subarray(0, 3) });
    ingest.close();
    expect(chunks).toEqual([{ at: 7, samples: Float32Array.of(0.25, -0.5) }]);
  });

  it('builds a new decoder after an error', async () => {
    const { ingest, chunks, reasons } = hear(OPUS);
    for (const [n, unit] of (await opus(1)).entries()) {
      ingest.push(n === 10 ? { ...unit, data: new Uint8Array(50).map((_, i) => i * 37 + 255) } : unit);
    }
    await ingest.drained();
    ingest.close();
    expect([chunks.length, reasons()]).toEqual([49, ['undecodable']]);
  });
});

describe('bytes that are no media', () => {
  const bytes = fc.uint8Array({ maxLength: 80 });

  it('come out as sheds or as media, and never throw', async () => {
    const tracks: readonly TrackConfig[] = [
      OPUS,
      { ...OPUS, codec: 'pcm16' },
      VP8,
      { ...VP8, codec: 'jpeg' },
    ];
    const [key] = await vp8(1);
    const head = fc.constantFrom([], [0xff, 0xd8], [...(key?.data.subarray(0, 12) ?? [])], [0x11]);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tracks),
        head,
        fc.array(bytes, { maxLength: 4 }),
        async (track, start, tails) => {
          const { ingest, chunks, sheds } =
            track.modality === 'audio' ? hear(track) : { ...see(track), chunks: [] };
          for (const [n, tail] of tails.entries()) {
            const data = Uint8Array.of(...start, ...tail);
            ingest.push({ modality: track.modality, key: true, at: micros(n * 20_000), data });
          }
          await ingest.drained();
          ingest.close();
          expect(chunks.length + sheds.length).toBeLessThanOrEqual(tails.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('do not pass for JPEG either when they are cut or scrambled', async () => {
    const { ingest, reasons } = see({ ...VP8, codec: 'jpeg' });
    const draw = random(3);
    const header = [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0, 96, 0, 96, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
    const data = Uint8Array.of(...header, ...Array.from({ length: 300 }, () => draw.integer(256)));
    ingest.push({ modality: 'video', key: true, at: micros(0), data });
    await ingest.drained();
    ingest.close();
    expect(reasons()).toEqual(['undecodable']);
  });
});
