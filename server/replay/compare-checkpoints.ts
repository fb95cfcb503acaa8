/** Two checkpoints of what should be the same version: byte by byte, and how far apart where they are not the same. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { manifestDigest } from '../store/checkpoint-files.ts';

/** What answers depend on; the manifest also holds notes, which may be worded otherwise by another version of the program. */
const FILES = ['weights.bin', 'prototypes.bin', 'model.json', 'prototypes.json'] as const;

export type Comparison =
  /** `by`: the kept files byte for byte, or the journal's digest where the version is no longer kept. */
  | { readonly type: 'identical'; readonly by: 'files' | 'digest' }
  | {
      readonly type: 'differs';
      /** What does, in words. */
      readonly reason: string;
      /** Largest absolute difference of a weight; null where they cannot be compared one by one. */
      readonly largest: number | null;
    };

/** Hex sha-256 of a checkpoint's weights, encoders and head. */
export async function weightsDigest(folder: string): Promise<string> {
  const bytes = await readFile(join(folder, 'weights.bin'));
  return createHash('sha256').update(bytes).digest('hex');
}

/** Largest absolute difference of two runs of float32, little-endian; null for other lengths. */
export function largestDifference(a: Uint8Array, b: Uint8Array): number | null {
  if (a.byteLength !== b.byteLength || a.byteLength % 4 !== 0) return null;
  const [left, right] = [floatsOf(a), floatsOf(b)];
  let largest = 0;
  for (let i = 0; i < left.length; i++) {
    const difference = Math.abs(left[i]! - right[i]!);
    // NaN compares false with everything: it must not pass for equal.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}

function floatsOf(bytes: Uint8Array): Float32Array {
  const own = Uint8Array.from(bytes);
  return new Float32Array(own.buffer);
}

const read = (folder: string, name: string): Promise<Uint8Array | null> =>
  readFile(join(folder, name)).catch(() => null);

/**
 * @param rebuilt folder of the version made anew.
 * @param kept folder of the version as the registry has it; null: it was pruned.
 * @param promoted sha-256 of its manifest as the journal keeps it; null for version 0, which no round made.
 */
export async function compareCheckpoints(
  rebuilt: string,
  kept: string | null,
  promoted: string | null,
): Promise<Comparison> {
  const manifest = kept && (await manifestDigest(kept));
  if (!kept || !manifest) return compareDigests(await manifestDigest(rebuilt), promoted);
  for (const name of FILES) {
    const [made, there] = [await read(rebuilt, name), await read(kept, name)];
    if (made && there && Buffer.compare(made, there) === 0) continue;
    const largest = made && there && name.endsWith('.bin') ? largestDifference(made, there) : null;
    return { type: 'differs', reason: there ? `${name} is another` : `${name} is not there`, largest };
  }
  if (promoted && promoted !== manifest) {
    return { type: 'differs', reason: 'its manifest was changed after it was promoted', largest: 0 };
  }
  return { type: 'identical', by: 'files' };
}

function compareDigests(made: string | null, promoted: string | null): Comparison {
  if (made !== null && made === promoted) return { type: 'identical', by: 'digest' };
  const reason = promoted
    ? `it is not kept, and the journal has the digest ${promoted.slice(0, 12)} of it`
    : 'it is not kept';
  return { type: 'differs', reason, largest: null };
}
