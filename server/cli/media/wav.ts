/**
 * RIFF WAVE: PCM of 16, 24 or 32 bits or 32-bit float, one or two channels, any rate.
 */
import { open } from 'node:fs/promises';

import { downmix } from '../../../src/features/resample.ts';
import { CliError } from '../../errors.ts';

export type WavFormat = {
  readonly rateHz: number;
  readonly channels: number;
  readonly encoding: 'pcm16' | 'pcm24' | 'pcm32' | 'float32';
  /** Where the samples lie in the file. */
  readonly dataOffset: number;
  readonly dataBytes: number;
};

const BYTES = { pcm16: 2, pcm24: 3, pcm32: 4, float32: 4 } as const;
const EXTENSIBLE = 0xfffe;
/** Chunks before the samples (lists, cue points, album art) may take this much. */
const HEADER_BYTES = 1 << 20;

const bad = (seen: string, expected: string): CliError =>
  new CliError(
    'ERR_CLI_MEDIA',
    `the wav file ${seen}, expected ${expected}: convert it, for example with ffmpeg`,
  );

function encodingOf(tag: number, bits: number): WavFormat['encoding'] {
  if (tag === 3 && bits === 32) return 'float32';
  if (tag === 1 && bits === 16) return 'pcm16';
  if (tag === 1 && bits === 24) return 'pcm24';
  if (tag === 1 && bits === 32) return 'pcm32';
  throw bad(`has format ${tag} with ${bits} bits`, 'PCM of 16, 24 or 32 bits or 32-bit float');
}

/**
 * Reads the chunks up to the samples.
 *
 * @param head the file's first bytes. @param fileBytes the file's length: a recorder that was stopped may claim more.
 * @throws {CliError} ERR_CLI_MEDIA
 */
export function parseWavHeader(head: Uint8Array, fileBytes: number): WavFormat {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const name = (at: number): string => String.fromCharCode(...head.subarray(at, at + 4));
  if (head.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE')
    throw bad(`starts with "${name(0)}"`, 'RIFF and WAVE');
  let format: Omit<WavFormat, 'dataOffset' | 'dataBytes'> | null = null;
  for (let at = 12; at + 8 <= head.length; ) {
    const size = view.getUint32(at + 4, true);
    if (name(at) === 'fmt ' && at + 24 <= head.length) format = formatOf(view, at + 8, size);
    if (name(at) === 'data') {
      if (!format) throw bad('has its samples first', 'a fmt chunk before them');
      const frame = BYTES[format.encoding] * format.channels;
      const bytes = Math.min(size, fileBytes - at - 8);
      return { ...format, dataOffset: at + 8, dataBytes: bytes - (bytes % frame) };
    }
    at += 8 + size + (size % 2);
  }
  throw bad(`has no samples in its first ${HEADER_BYTES} bytes`, 'a data chunk');
}

function formatOf(view: DataView, at: number, size: number): Omit<WavFormat, 'dataOffset' | 'dataBytes'> {
  const tag = view.getUint16(at, true);
  const extended = tag === EXTENSIBLE && size >= 26 && at + 26 <= view.byteLength;
  const encoding = encodingOf(extended ? view.getUint16(at + 24, true) : tag, view.getUint16(at + 14, true));
  const [channels, rateHz] = [view.getUint16(at + 2, true), view.getUint32(at + 4, true)];
  if (channels < 1 || channels > 2) throw bad(`has ${channels} channels`, 'one or two');
  if (rateHz < 8_000 || rateHz > 192_000) throw bad(`has ${rateHz} samples a second`, '8000 to 192000');
  return { encoding, channels, rateHz };
}

/** Interleaved samples to mono in [-1, 1]. A cut last frame is left out. */
export function wavSamples({ encoding, channels }: WavFormat, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = BYTES[encoding];
  const read = {
    pcm16: (at: number) => view.getInt16(at, true) / 0x8000,
    pcm24: (at: number) => (view.getUint16(at, true) + view.getInt8(at + 2) * 0x1_0000) / 0x80_0000,
    pcm32: (at: number) => view.getInt32(at, true) / 0x8000_0000,
    float32: (at: number) => view.getFloat32(at, true),
  }[encoding];
  const frames = Math.floor(bytes.length / width / channels);
  const planes = Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: frames }, (_, n) => read((n * channels + channel) * width)),
  );
  return downmix(planes);
}

/** A wav file, opened. */
export type WavReader = {
  readonly rateHz: number;
  readonly seconds: number;
  /** The whole sound, mono, in blocks of `frames` samples; the last one may be shorter. */
  blocks(frames: number): AsyncGenerator<Float32Array>;
};

/** @throws {CliError} ERR_CLI_MEDIA */
export async function openWav(file: string): Promise<WavReader> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const head = new Uint8Array(Math.min(size, HEADER_BYTES));
    await handle.read(head, 0, head.length, 0);
    const format = parseWavHeader(head, size);
    const frame = BYTES[format.encoding] * format.channels;
    const { rateHz } = format;
    return {
      rateHz,
      seconds: format.dataBytes / frame / rateHz,
      blocks: (frames) => wavBlocks(file, format, frames),
    };
  } finally {
    await handle.close();
  }
}

async function* wavBlocks(file: string, format: WavFormat, frames: number): AsyncGenerator<Float32Array> {
  const handle = await open(file);
  try {
    const block = new Uint8Array(frames * BYTES[format.encoding] * format.channels);
    for (let done = 0; done < format.dataBytes; ) {
      const wanted = Math.min(block.length, format.dataBytes - done);
      const { bytesRead } = await handle.read(block, 0, wanted, format.dataOffset + done);
      if (bytesRead === 0) return;
      yield wavSamples(format, block.subarray(0, bytesRead));
      done += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
