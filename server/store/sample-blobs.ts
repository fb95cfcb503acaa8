/**
 * A label's samples as the bytes that are stored, and back. Mel energies and embeddings are float32, little-endian; pictures are uint8.
 */
import type { SQLOutputValue } from 'node:sqlite';
import { micros } from '../../proto/units.ts';
import type { KeptEmbedding, Sample } from '../../src/journal.ts';
import { StoreError } from '../errors.ts';
import { bytesOf, numberOf } from './sqlite.ts';

/** One sample ready to be stored, by column; its buffers are its own, so that they can be transferred to another thread. */
export type PackedSample = {
  readonly start: number;
  readonly end: number;
  readonly mel: Uint8Array<ArrayBuffer> | null;
  readonly rgb: Uint8Array<ArrayBuffer> | null;
  readonly older: Uint8Array<ArrayBuffer> | null;
  readonly audioEmbedding: Uint8Array<ArrayBuffer> | null;
  readonly audioSignal: string | null;
  readonly videoEmbedding: Uint8Array<ArrayBuffer> | null;
  readonly videoSignal: string | null;
};

/** The columns of a stored sample, in the order of `valuesOf`. */
export const SAMPLE_COLUMNS =
  'start_us, end_us, mel, rgb, older, audio_embedding, audio_signal, video_embedding, video_signal';

/** A copy of exactly the viewed bytes: a view of a ring buffer must not carry the whole ring along. */
function ownBytes(view: Float32Array | Uint8Array | null | undefined): Uint8Array<ArrayBuffer> | null {
  return view ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice() : null;
}

/** Copies a sample's arrays into buffers of their own. The sample is read, not kept. */
export function packSample(sample: Sample): PackedSample {
  const { start, end, mel, rgb, older, audioEmbedding, videoEmbedding } = sample;
  return {
    start,
    end,
    // Every platform that Node 22 is built for and that we start on is little-endian: float32 bytes are copied as they are.
    mel: ownBytes(mel),
    rgb: ownBytes(rgb),
    older: ownBytes(older),
    audioEmbedding: ownBytes(audioEmbedding?.values),
    audioSignal: audioEmbedding?.signal ?? null,
    videoEmbedding: ownBytes(videoEmbedding?.values),
    videoSignal: videoEmbedding?.signal ?? null,
  };
}

/** What is written, in the order of `SAMPLE_COLUMNS`. */
export function valuesOf(packed: PackedSample): readonly (number | string | Uint8Array | null)[] {
  const { start, end, mel, rgb, older, audioEmbedding, audioSignal, videoEmbedding, videoSignal } = packed;
  return [start, end, mel, rgb, older, audioEmbedding, audioSignal, videoEmbedding, videoSignal];
}

const viewsOf = ({ mel, rgb, older, audioEmbedding, videoEmbedding }: PackedSample) =>
  [mel, rgb, older, audioEmbedding, videoEmbedding].flatMap((view) => view ?? []);

/** The buffers of packed samples, as a transfer list. */
export function buffersOf(samples: readonly PackedSample[]): ArrayBuffer[] {
  return samples.flatMap(viewsOf).map(({ buffer }) => buffer);
}

/** Bytes of a packed sample's arrays. */
export function sizeOf(packed: PackedSample): number {
  return viewsOf(packed).reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** The sample that a row of `SAMPLE_COLUMNS` means. Arrays are the caller's. @throws {StoreError} ERR_STORE_CORRUPT */
export function unpackSample(row: Readonly<Record<string, SQLOutputValue>>): Sample {
  const mel = bytesOf(row.mel);
  const audio = embeddingOf(row.audio_embedding, row.audio_signal);
  const video = embeddingOf(row.video_embedding, row.video_signal);
  return {
    start: micros(numberOf(row.start_us)),
    end: micros(numberOf(row.end_us)),
    mel: mel && floatsOf(mel),
    rgb: bytesOf(row.rgb),
    older: bytesOf(row.older),
    ...(audio ? { audioEmbedding: audio } : {}),
    ...(video ? { videoEmbedding: video } : {}),
  };
}

const SIGNALS = ['live', 'silent', 'dark', 'frozen'] as const;

function embeddingOf(
  values: SQLOutputValue | undefined,
  said: SQLOutputValue | undefined,
): KeptEmbedding | null {
  const stored = bytesOf(values);
  if (!stored) return null;
  const signal = SIGNALS.find((one) => one === said);
  if (signal) return { values: floatsOf(stored), signal };
  const seen = `saw ${String(said)} as the state of an embedded signal, expected ${SIGNALS.join(', ')}`;
  throw new StoreError('ERR_STORE_CORRUPT', `${seen}: restore a backup of the journal`);
}

function floatsOf(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 4 !== 0) {
    const seen = `saw ${bytes.byteLength} bytes of float32 numbers, expected a multiple of 4`;
    throw new StoreError('ERR_STORE_CORRUPT', `${seen}: restore a backup of the journal`);
  }
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice(); // a slice starts at offset 0 of its own buffer
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
