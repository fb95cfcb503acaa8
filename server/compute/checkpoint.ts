/** Checkpoint folders: the files of `src/model/checkpoint.ts` on a disk. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DEFAULT_FUSION, type FusionName } from '../../proto/fusions.ts';
import type { Modality } from '../../proto/messages.ts';
import { CheckpointError } from '../../src/errors.ts';
import type { Checkpoint } from '../../src/model/checkpoint.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/model/checkpoint.ts';
import { createClassifier } from '../../src/model/classifier.ts';
import {
  type EncoderPair,
  initWeights,
  type NamedArray,
  PRODUCT_ENCODERS,
  REPRESENTATION_WIDTH,
} from '../../src/model/encoders.ts';
import { JsonReader } from '../../src/model/json-reader.ts';
import { readFusion } from '../../src/model/serialize-classifier.ts';
import type { Starter } from '../../src/model/starter/starter.ts';
import { random } from '../../src/random.ts';
import { YOUNG_STEPS } from '../../src/training/round.ts';

export type { Checkpoint } from '../../src/model/checkpoint.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Writes a checkpoint into `folder`, which is made if need be. The manifest comes last: a folder that has one is
 * whole. Flushing to the disk is the registry's, when it promotes. Gives the manifest's sha-256 in hex.
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<string> {
  await mkdir(folder, { recursive: true });
  let digest = '';
  for (const [name, bytes] of await encodeCheckpoint(checkpoint, sha256)) {
    await writeFile(join(folder, name), bytes);
    digest = sha256(bytes);
  }
  return digest;
}

/** How version 0 is made, beside its seed. */
export type Beginnings = {
  /** How the head that it gets once will fuse. Default: concat. */
  readonly fusion?: FusionName;
  /** What its sides are built like. Default: the product's encoders. */
  readonly encoders?: EncoderPair;
  /** Whose weights the product's encoders have; without one they are drawn, as adapters always are. Borrowed. */
  readonly starter?: Starter | null;
  /** Why there is no starter, where that was nobody's choice. */
  readonly why?: string | null;
};

/** However short its pretraining was, a starter's encoders are no longer young. */
const stepsOf = ({ steps }: Starter) => ({
  pretrainingSteps: steps,
  trainedSteps: Math.max(steps, YOUNG_STEPS),
});

/** Version 0: encoders that are a starter's or drawn from the seed, or adapters; no head, nothing taught. */
export function initialCheckpoint(
  seed: number,
  featureHash: string,
  { fusion = DEFAULT_FUSION, encoders = PRODUCT_ENCODERS, starter = null, why = null }: Beginnings = {},
): Checkpoint {
  const source = random(seed);
  const ours = (side: Modality): boolean => encoders[side] === PRODUCT_ENCODERS[side];
  const weightsOf = (side: Modality): readonly NamedArray[] =>
    starter && ours(side) ? starter.encoders[side] : initWeights(encoders[side], source);
  return {
    featureHash,
    fusion,
    encoders: { audio: weightsOf('audio'), video: weightsOf('video') },
    classifier: createClassifier({ width: REPRESENTATION_WIDTH, modelVersion: 0 }),
    notes:
      starter && (ours('audio') || ours('video'))
        ? { origin: 'starter', seed, starter: starter.sha256, ...stepsOf(starter) }
        : { origin: 'seed', seed, ...(why === null ? {} : { why }) },
  };
}

/** Writes version 0. The same seed, fusion, sides and starter give the same bytes. Gives the manifest's sha-256. */
export const writeInitialCheckpoint = (
  folder: string,
  seed: number,
  featureHash: string,
  beginnings: Beginnings = {},
): Promise<string> => writeCheckpoint(folder, initialCheckpoint(seed, featureHash, beginnings));

/** Steps that made a checkpoint's encoders out of random weights, a starter's own included: whether they are young. */
export function trainedStepsOf({ notes }: Checkpoint): number {
  return typeof notes.trainedSteps === 'number' ? notes.trainedSteps : 0;
}

/** Whether it is a starter's version 0: pretrained, and moved by no label. */
export const isPretrained = ({ notes }: Checkpoint): boolean => notes.origin === 'starter';

/** One of a checkpoint's notes; undefined where it is not there or cannot be read. */
export async function noteOf(folder: string, name: string): Promise<unknown> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    return Reflect.get(Object(Reflect.get(Object(manifest), 'notes')), name);
  } catch {
    return undefined; // removed or damaged: the journal's rounds say much of the same
  }
}

/**
 * How a checkpoint's head fuses, by its manifest alone; nothing is verified.
 *
 * @throws {CheckpointError} ERR_CHECKPOINT_FORMAT when the manifest cannot be read or names a fusion that is not known.
 */
export async function fusionOf(folder: string): Promise<FusionName> {
  const file = join(folder, 'manifest.json');
  try {
    return readFusion(JsonReader.of(JSON.parse(await readFile(file, 'utf8')), 'manifest.json'));
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError('ERR_CHECKPOINT_FORMAT', `${file} cannot be read: use another version`, {
      cause,
    });
  }
}

/**
 * Reads a checkpoint, every digest verified.
 *
 * @throws {CheckpointError} ERR_CHECKPOINT_FORMAT, ERR_CHECKPOINT_DIGEST, or ERR_CHECKPOINT_FEATURES when it was made
 *   for another feature specification.
 */
export async function readCheckpoint(folder: string, featureHash: string): Promise<Checkpoint> {
  const files = new Map<string, Uint8Array>();
  try {
    // Plain bytes, not a Buffer: slicing one gives a view of a shared pool where the decoder expects a copy.
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isFile()) files.set(entry.name, Uint8Array.from(await readFile(join(folder, entry.name))));
  } catch (cause) {
    const message = `${folder} cannot be read: use another version`;
    throw new CheckpointError('ERR_CHECKPOINT_FORMAT', message, { cause });
  }
  return decodeCheckpoint(files, { featureHash, sha256 });
}
