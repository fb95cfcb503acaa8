/**
 * A picture file and a sound file as one stream of tracks and units in media time order, like a browser's.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

import type { TrackConfig } from '../../../proto/messages.ts';
import { type Micros, microsFromSeconds } from '../../../proto/units.ts';
import { PICTURE_RATE } from '../../../src/features/spec.ts';
import type { EncodedUnit } from '../../../src/media.ts';
import { CliError } from '../../errors.ts';
import { PictureGrid } from '../../ingest/picture-grid.ts';
import { encodePictures, encodeSound } from './encode.ts';
import { FFMPEG_SOUND_RATE_HZ, ffmpegPictures, ffmpegSound, probeSeconds } from './ffmpeg.ts';
import { encodedSize } from './shrink.ts';
import { openWav } from './wav.ts';
import { pictureBytes, type Y4mPicture, Y4mReader } from './y4m.ts';

export type ClipItem =
  | { readonly type: 'track'; readonly track: TrackConfig }
  | { readonly type: 'media'; readonly unit: EncodedUnit };

export type OpenedClip = {
  /** Tracks first, then units in order of their time. To be read once. */
  readonly items: AsyncIterable<ClipItem>;
  /** Of the longer track. */
  readonly duration: Micros;
  /** Ends what is still read or encoded. Idempotent. */
  close(): Promise<void>;
};

type Track = {
  readonly track: TrackConfig;
  readonly seconds: number;
  readonly units: AsyncGenerator<EncodedUnit>;
  close(): Promise<void>;
};

const FRAME_LINE_BYTES = 6; // FRAME and a line feed
const SOUND_BLOCK = 4_800;

/**
 * Opens a clip. Nothing is decoded or encoded before its items are read.
 *
 * @param files y4m and wav are read here, other containers through ffmpeg; null leaves a track out.
 * @throws {CliError} ERR_CLI_MEDIA where a file cannot be read; the message says what to do.
 */
export async function openClip(files: {
  readonly video: string | null;
  readonly audio: string | null;
}): Promise<OpenedClip> {
  const tracks: Track[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(tracks.map((track) => track.close()));
  };
  try {
    if (files.video !== null) tracks.push(await openVideo(files.video));
    if (files.audio !== null) tracks.push(await openAudio(files.audio));
  } catch (error) {
    await close();
    throw error;
  }
  const duration = microsFromSeconds(Math.max(0, ...tracks.map(({ seconds }) => seconds)));
  return { items: itemsOf(tracks), duration, close };
}

async function openVideo(file: string): Promise<Track> {
  const native = (await magicOf(file)).startsWith('YUV4MPEG2');
  const seconds = native ? null : await probeSeconds(file);
  const reader = await Y4mReader.open(native ? createReadStream(file) : ffmpegPictures(file));
  const { width, height } = encodedSize(reader.format);
  const units = encodePictures(thinned(reader.pictures()), reader.format);
  return {
    track: { modality: 'video', codec: 'vp8', width, height },
    seconds: seconds ?? (await y4mSeconds(file, reader)),
    units,
    close: async () => {
      await units.return(undefined);
      await reader.close();
    },
  };
}

async function openAudio(file: string): Promise<Track> {
  const magic = await magicOf(file);
  const wav = magic.startsWith('RIFF') && magic.slice(8, 12) === 'WAVE' ? await openWav(file) : null;
  const seconds = wav ? wav.seconds : await probeSeconds(file);
  const blocks = wav ? wav.blocks(SOUND_BLOCK) : ffmpegSound(file, SOUND_BLOCK);
  const units = encodeSound(blocks, wav ? wav.rateHz : FFMPEG_SOUND_RATE_HZ);
  return {
    track: { modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 1 },
    seconds,
    units,
    close: async () => {
      await units.return(undefined);
    },
  };
}

/** The file's first twelve bytes as Latin-1. */
async function magicOf(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer } = await handle.read(new Uint8Array(12), 0, 12, 0);
      return String.fromCharCode(...buffer);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(
      'ERR_CLI_MEDIA',
      `${file} cannot be read: ${message}. Expected a media file: check the path`,
      { cause },
    );
  }
}

async function y4mSeconds(file: string, { format }: Y4mReader): Promise<number> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const pictures = Math.floor(size / (pictureBytes(format) + FRAME_LINE_BYTES)); // the header is shorter than a picture
    return (pictures * format.rate[1]) / format.rate[0];
  } finally {
    await handle.close();
  }
}

async function* thinned(pictures: AsyncIterable<Y4mPicture>): AsyncGenerator<Y4mPicture> {
  const grid = new PictureGrid(PICTURE_RATE);
  for await (const picture of pictures) if (grid.takes(picture.at)) yield picture;
}

async function* itemsOf(tracks: readonly Track[]): AsyncGenerator<ClipItem> {
  for (const { track } of tracks) yield { type: 'track', track };
  const heads = await Promise.all(tracks.map(({ units }) => units.next()));
  for (;;) {
    let first: { readonly i: number; readonly unit: EncodedUnit } | null = null;
    for (const [i, head] of heads.entries())
      if (!head.done && (!first || head.value.at < first.unit.at)) first = { i, unit: head.value };
    const source = first && tracks[first.i];
    if (!first || !source) return;
    yield { type: 'media', unit: first.unit };
    heads[first.i] = await source.units.next();
  }
}
