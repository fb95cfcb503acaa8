/**
 * Files of ours through the command line's encoders and the server's decoders.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type ClipItem, openClip } from '../../server/cli/media/clip.ts';
import { systemClock } from '../../server/clock.ts';
import { AudioIngest, DEFAULT_AUDIO_BIAS } from '../../server/ingest/audio-ingest.ts';
import { openDecoders } from '../../server/ingest/open-decoders.ts';
import { VideoIngest } from '../../server/ingest/video-ingest.ts';
import type { PcmChunk, Picture } from '../../src/media.ts';
import { wavBytes } from '../support/clip.ts';

let folder = '';
const file = (name: string): string => path.join(folder, name);
const SECONDS = 3;
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** Grey pictures that brighten by a level each, and a sine. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoise-clip-'));
  const pictures = Array.from({ length: SECONDS * 30 }, (_, n) =>
    Buffer.concat([Buffer.from('FRAME\n'), Buffer.alloc(64 * 48, 60 + n), Buffer.alloc(64 * 24, 128)]),
  );
  await writeFile(file('a.y4m'), Buffer.concat([Buffer.from('YUV4MPEG2 W64 H48 F30:1 C420\n'), ...pictures]));
  const sine = Float32Array.from(
    { length: SECONDS * 44_100 },
    (_, n) => 0.3 * Math.sin((2 * Math.PI * 500 * n) / 44_100),
  );
  await writeFile(file('a.wav'), wavBytes(sine, 44_100));
  await writeFile(file('junk.bin'), Buffer.from('nothing that anyone could play'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(video: string | null, audio: string | null): Promise<readonly ClipItem[]> {
  const clip = await openClip({ video, audio });
  const items: ClipItem[] = [];
  for await (const item of clip.items) items.push(item);
  await clip.close();
  await clip.close();
  expect(Math.abs(clip.duration - SECONDS * 1e6)).toBeLessThan(50_000); // containers round to their packets
  return items;
}

describe('openClip', () => {
  it('opens tracks first, then gives units in media time order, 15 pictures and 50 packets a second', async () => {
    const items = await read(file('a.y4m'), file('a.wav'));
    expect(items.slice(0, 2)).toEqual([
      { type: 'track', track: { modality: 'video', codec: 'vp8', width: 64, height: 48 } },
      { type: 'track', track: { modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 1 } },
    ]);
    const units = items.flatMap((item) => (item.type === 'media' ? [item.unit] : []));
    const times = units.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const pictures = units.filter(({ modality }) => modality === 'video');
    expect(pictures.map(({ at }) => at)).toEqual(
      Array.from({ length: SECONDS * 15 }, (_, n) => Math.round((2 * n * 1e6) / 30)),
    );
    const keys = pictures.filter(({ key }) => key).map(({ at }) => at);
    expect(keys).toContain(0);
    expect(keys).toContain(2_000_000);
    const packets = units.length - pictures.length;
    expect(packets).toBeGreaterThanOrEqual(SECONDS * 50); // one more carries the encoder's look-ahead
    expect(packets).toBeLessThanOrEqual(SECONDS * 50 + 2);
  });

  it('comes out of the server decoders as it went in', async () => {
    const [pictures, chunks]: [Picture[], PcmChunk[]] = [[], []];
    const unexpected = (): never => {
      throw new Error('nothing is to be shed');
    };
    const options = { live: false, onShed: unexpected, clock: systemClock, onDecoded: () => {} };
    const video = new VideoIngest({
      ...options,
      onNeedKey: unexpected,
      onPicture: ({ at, rgb }) => pictures.push({ at, rgb: rgb.slice() }),
    });
    const audio = new AudioIngest({
      ...options,
      onPcm: ({ at, samples }) => chunks.push({ at, samples: samples.slice() }),
    });
    const before = openDecoders();
    for (const item of await read(file('a.y4m'), file('a.wav'))) {
      if (item.type === 'track') {
        if (item.track.modality === 'video') video.configure(item.track);
        else audio.configure(item.track, DEFAULT_AUDIO_BIAS.websocket);
      } else (item.unit.modality === 'video' ? video : audio).push(item.unit);
    }
    await Promise.all([video.drained(), audio.drained()]);
    video.close();
    audio.close();
    expect(openDecoders()).toBe(before);
    expect(pictures.length).toBe(SECONDS * 15);
    for (const [n, { rgb }] of pictures.entries())
      expect(Math.abs((rgb[0] ?? 0) - ((60 + 2 * n - 16) * 255) / 219)).toBeLessThan(4);
    const sound = chunks.flatMap(({ samples }) => [...samples]).slice(8_000, 40_000);
    const rms = Math.sqrt(sound.reduce((sum, x) => sum + x * x, 0) / sound.length);
    expect(Math.abs(rms - 0.3 * Math.SQRT1_2)).toBeLessThan(0.01);
  });

  it.skipIf(!hasFfmpeg)('reads other containers through ffmpeg, at the same times', async () => {
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-i',
      file('a.y4m'),
      '-i',
      file('a.wav'),
      '-c:v',
      'mpeg4',
      file('a.mkv'),
    ]);
    const items = await read(file('a.mkv'), file('a.mkv'));
    const pictures = items.filter((item) => item.type === 'media' && item.unit.modality === 'video');
    expect(items[0]).toMatchObject({ track: { width: 64, height: 48 } });
    expect(pictures.length).toBe(SECONDS * 15);
    expect(items.length - pictures.length).toBeGreaterThan(SECONDS * 50);
  });

  it('can be left early', async () => {
    const clip = await openClip({ video: file('a.y4m'), audio: file('a.wav') });
    for await (const item of clip.items) if (item.type === 'media') break;
    await clip.close();
  });

  it.each([
    ['a missing file', 'missing.y4m', 'check the path'],
    ['what neither we nor ffmpeg can read', 'junk.bin', 'ffmpeg'],
  ])('refuses %s with ERR_CLI_MEDIA and says what to do', async (_, name, hint) => {
    const refused = expect.objectContaining({
      code: 'ERR_CLI_MEDIA',
      message: expect.stringContaining(hint),
    });
    await expect(openClip({ video: file(name), audio: null })).rejects.toThrow(refused);
    await expect(openClip({ video: null, audio: file(name) })).rejects.toThrow(refused);
  });
});
