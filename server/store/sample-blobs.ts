/** A label's samples as the bytes that are stored, and back. Mel energies are float32, little-endian; pictures are uint8. */
import { micros } from '../../proto/units.ts';
import type { Sample } from '../../src/journal.ts';
import { StoreError } from '../errors.ts';

/** One sample ready to be stored; its buffers are its own, so that they can be transferred to another thread. */
export type PackedSample = {
  readonly start: number;
  readonly end: number;
  readonly mel: Uint8Array<ArrayBuffer> | null;
  readonly rgb: Uint8Array<ArrayBuffer> | null;
  readonly older: Uint8Array<ArrayBuffer> | null;
};

/** A copy of exactly the viewed bytes: a view of a ring buffer must not carry the whole ring along. */
function ownBytes(view: Float32Array | Uint8Array | null): Uint8Array<ArrayBuffer> | null {
  return view && new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

/** Copies a sample's arrays into buffers of their own. The sample is read, not kept. */
export function packSample({ start, end, mel, rgb, older }: Sample): PackedSample {
  // Every platform that Node 22 is built for and that we start on is little-endian: float32 bytes are copied as they are.
  return { start, end, mel: ownBytes(mel), rgb: ownBytes(rgb), older: ownBytes(older) };
}

/** The buffers of packed samples, as a transfer list. */
export function buffersOf(samples: readonly PackedSample[]): ArrayBuffer[] {
  const views = samples.flatMap(({ mel, rgb, older }) => [mel, rgb, older]);
  return views.flatMap((view) => (view ? [view.buffer] : []));
}

/** Bytes of a packed sample's arrays. */
export function sizeOf({ mel, rgb, older }: PackedSample): number {
  return (mel?.byteLength ?? 0) + (rgb?.byteLength ?? 0) + (older?.byteLength ?? 0);
}

type StoredSample = {
  readonly start: number;
  readonly end: number;
  readonly mel: Uint8Array | null;
  readonly rgb: Uint8Array | null;
  readonly older: Uint8Array | null;
};

/** The sample that stored bytes mean. Arrays are the caller's. @throws {StoreError} ERR_STORE_CORRUPT */
export function unpackSample({ start, end, mel, rgb, older }: StoredSample): Sample {
  return { start: micros(start), end: micros(end), mel: mel && floatsOf(mel), rgb, older };
}

function floatsOf(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 4 !== 0) {
    const seen = `saw ${bytes.byteLength} bytes of float32 energies, expected a multiple of 4`;
    throw new StoreError('ERR_STORE_CORRUPT', `${seen}: restore a backup of the journal`);
  }
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice(); // a slice starts at offset 0 of its own buffer
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
