/**
 * Other containers, through ffmpeg where it is installed: pictures as y4m, sound as raw PCM, over pipes.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

import { pcm16ToFloat } from '../../../src/features/resample.ts';
import { PICTURE_RATE } from '../../../src/features/spec.ts';
import { CliError } from '../../errors.ts';
import { ByteReader } from './byte-reader.ts';

const SOUND_RATE_HZ = 48_000;

const failed = (file: string, cause: unknown): CliError => {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const hint = missing
    ? 'is neither y4m nor wav, and ffmpeg, which reads other files, was not found: install it (Debian: apt-get install ffmpeg)'
    : `cannot be read by ffmpeg: ${cause instanceof Error ? cause.message.trim() : cause}. Expected a file with that track`;
  return new CliError('ERR_CLI_MEDIA', `${file} ${hint}`, { cause });
};

/** Length of a file in seconds. @throws {CliError} ERR_CLI_MEDIA */
export async function probeSeconds(file: string): Promise<number> {
  const args = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', '-i', file];
  const { stdout } = await promisify(execFile)('ffprobe', args).catch((cause: unknown) => {
    throw failed(file, cause);
  });
  const seconds = Number(stdout.trim());
  if (!(seconds > 0)) throw failed(file, new Error(`its length is "${stdout.trim()}"`));
  return seconds;
}

/** The child's output; throws when it ends badly. Leaving the loop ends the child. */
async function* outputOf(file: string, args: readonly string[]): AsyncGenerator<Uint8Array> {
  const input = ['-v', 'error', '-nostdin', '-i', file];
  const child: ChildProcess = spawn('ffmpeg', [...input, ...args, 'pipe:1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<Error | null>((resolve) => {
    let message = '';
    child.stderr?.on('data', (text: Buffer) => {
      message = (message + text.toString()).slice(-500);
    });
    child.on('error', resolve);
    child.on('close', (code) => resolve(code === 0 ? null : new Error(message || `it ended with ${code}`)));
  });
  try {
    for await (const chunk of child.stdout ?? []) yield chunk;
    const error = await ended;
    if (error) throw failed(file, error);
  } finally {
    child.kill();
  }
}

/** A file's pictures as a y4m stream, 15 a second, no larger than 640 x 480. */
export function ffmpegPictures(file: string): AsyncIterable<Uint8Array> {
  const scale = "scale='min(640,iw)':'min(480,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2";
  return outputOf(file, ['-an', '-vf', `fps=${PICTURE_RATE},${scale},format=yuv420p`, '-f', 'yuv4mpegpipe']);
}

/** A file's sound, mono, in blocks of `frames` samples at 48 kHz; the last one may be shorter. */
export async function* ffmpegSound(file: string, frames: number): AsyncGenerator<Float32Array> {
  const args = ['-vn', '-ac', '1', '-ar', String(SOUND_RATE_HZ), '-f', 's16le'];
  const reader = new ByteReader(outputOf(file, args));
  try {
    for (;;) {
      const bytes = await reader.take(2 * frames);
      if (bytes.length === 0) return;
      yield pcm16ToFloat(bytes);
    }
  } finally {
    await reader.close();
  }
}

export { SOUND_RATE_HZ as FFMPEG_SOUND_RATE_HZ };
