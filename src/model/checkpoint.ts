/**
 * A checkpoint: everything that an answer depends on, as a handful of files, and back.
 *
 * | file | holds |
 * |---|---|
 * | `manifest.json` | format, feature hash, fusion (none: concat), version, last journal entry, notes, sha-256 of every other file |
 * | `model.json`, `weights.bin` | encoders and head in the weights manifest of TensorFlow.js: `tf.io.decodeWeights` reads them |
 * | `prototypes.json`, `prototypes.bin` | the classifier: classes, exemplars, statistics |
 *
 * Little-endian float32 throughout, as TensorFlow.js has it. What plain tooling can open stands in ADR 0012.
 */
import { DEFAULT_FUSION, type FusionName } from '../../proto/fusions.ts';
import { CheckpointError } from '../errors.ts';
import type { ClassifierState } from './classifier.ts';
import { encodersOf, type NamedArray, type SideSpec, weightShapes } from './encoders.ts';
import type { PerModality } from './evidence.ts';
import { JsonReader } from './json-reader.ts';
import { deserializeClassifier, type Json, readFusion, serializeClassifier } from './serialize-classifier.ts';

export type Checkpoint = {
  /** Hash of the feature specification that the encoders read; a checkpoint of another is refused. */
  readonly featureHash: string;
  /** How its head fuses, or will once one was trained. */
  readonly fusion: FusionName;
  /** Encoder weights in the order of `weightShapes`. */
  readonly encoders: PerModality<readonly NamedArray[]>;
  /** Version, applied sequence number, head, held-out accuracies and prototypes. */
  readonly classifier: ClassifierState;
  /** What the training wants to be remembered: seed, steps, backend, verdict. */
  readonly notes: Readonly<Record<string, string | number | boolean | null>>;
};

/** File name to content. Names are plain, without folders. */
export type CheckpointFiles = ReadonlyMap<string, Uint8Array>;

/** Lower-case hex sha-256. Passed in, because `src` runs where Node's is not. */
export type Sha256 = (bytes: Uint8Array) => string | Promise<string>;

export type CheckpointReading = { readonly featureHash: string; readonly sha256: Sha256 };

const FORMAT = 'counterpoise-checkpoint';
const FORMAT_VERSION = 1;
const FILES = ['model.json', 'weights.bin', 'prototypes.json', 'prototypes.bin'] as const;
const MANIFEST = 'manifest.json';

const jsonBytes = (value: Json, indent = 0): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, indent)}\n`);

function arrayBytes(arrays: readonly NamedArray[]): Uint8Array {
  const bytes = new Uint8Array(arrays.reduce((sum, { values }) => sum + values.byteLength, 0));
  let at = 0;
  for (const { values } of arrays) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

const specsOf = (arrays: readonly NamedArray[]): Json =>
  arrays.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));

const isHead = ({ name }: NamedArray): boolean => name.startsWith('head/');

function modelJson(arrays: readonly NamedArray[]): Json {
  return {
    format: 'counterpoise-weights',
    generatedBy: 'counterpoise',
    weightsManifest: [{ paths: ['weights.bin'], weights: specsOf(arrays) }],
  };
}

/** The files of a checkpoint, the manifest last. Borrows the checkpoint's arrays. */
export async function encodeCheckpoint(
  checkpoint: Checkpoint,
  sha256: Sha256,
): Promise<Map<string, Uint8Array>> {
  const { json, arrays } = serializeClassifier(checkpoint.classifier);
  const { audio, video } = checkpoint.encoders;
  const weights = [...audio, ...video, ...arrays.filter(isHead)];
  const exemplars = arrays.filter((array) => !isHead(array));
  const files = new Map<string, Uint8Array>([
    ['model.json', jsonBytes(modelJson(weights), 1)],
    ['weights.bin', arrayBytes(weights)],
    ['prototypes.json', jsonBytes({ classifier: json, arrays: specsOf(exemplars) })],
    ['prototypes.bin', arrayBytes(exemplars)],
  ]);
  const digests: Record<string, string> = {};
  for (const [name, bytes] of files) digests[name] = await sha256(bytes);
  const manifest: Json = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    featureHash: checkpoint.featureHash,
    // Left out for concat: a checkpoint has the bytes that it had before there were others.
    ...(checkpoint.fusion === DEFAULT_FUSION ? {} : { fusion: checkpoint.fusion }),
    version: checkpoint.classifier.modelVersion,
    appliedSeq: checkpoint.classifier.appliedSeq,
    notes: checkpoint.notes,
    files: digests,
  };
  return files.set(MANIFEST, jsonBytes(manifest, 1));
}

function malformed(message: string, cause?: unknown): CheckpointError {
  return new CheckpointError('ERR_CHECKPOINT_FORMAT', `${message}: use another version`, { cause });
}

function fileOf(files: CheckpointFiles, name: string): Uint8Array {
  const bytes = files.get(name);
  if (!bytes) throw malformed(`the checkpoint has no ${name}`);
  return bytes;
}

function parsed(files: CheckpointFiles, name: string): JsonReader {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(fileOf(files, name)));
    return JsonReader.of(value, name);
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw malformed(`${name} is no JSON`, cause);
  }
}

function checkManifest(manifest: JsonReader, featureHash: string): void {
  const [format, version] = [manifest.string('format'), manifest.number('formatVersion')];
  if (format !== FORMAT || version !== FORMAT_VERSION) {
    throw malformed(`the manifest says ${format} ${version}, this program reads ${FORMAT} ${FORMAT_VERSION}`);
  }
  const seen = manifest.string('featureHash');
  if (seen !== featureHash) {
    const remedy = 'start a new project, or the program version that made it';
    throw new CheckpointError(
      'ERR_CHECKPOINT_FEATURES',
      `the checkpoint reads features ${seen}, this program makes ${featureHash}: ${remedy}`,
    );
  }
}

async function checkDigests(files: CheckpointFiles, manifest: JsonReader, sha256: Sha256): Promise<void> {
  const digests = manifest.object('files');
  for (const name of FILES) {
    const expected = digests.string(name);
    const seen = await sha256(fileOf(files, name));
    if (seen === expected) continue;
    throw new CheckpointError(
      'ERR_CHECKPOINT_DIGEST',
      `${name} has sha-256 ${seen}, its manifest says ${expected}: the file is damaged, use another version`,
    );
  }
}

function readArrays(specs: readonly JsonReader[], bytes: Uint8Array, name: string): NamedArray[] {
  let at = 0;
  const arrays = specs.map((spec): NamedArray => {
    const shape = spec.numbers('shape');
    const length = shape.reduce((product, side) => product * side, 4);
    const end = at + length;
    if (spec.string('dtype') !== 'float32' || !(end <= bytes.length)) {
      throw malformed(`${name} is too short for ${spec.string('name')}, or not float32`);
    }
    const values = new Float32Array(bytes.slice(at, end).buffer); // a copy: aligned, and the caller's
    at = end;
    return { name: spec.string('name'), shape, values };
  });
  if (at !== bytes.length) throw malformed(`${name} has ${bytes.length} bytes, ${at} are described`);
  return arrays;
}

function encoderArrays(spec: SideSpec, arrays: readonly NamedArray[]): NamedArray[] {
  return weightShapes(spec).map(({ name, shape }) => {
    const found = arrays.find((array) => array.name === name);
    if (!found || found.shape.join() !== shape.join()) {
      throw malformed(
        `weight ${name} is [${found?.shape.join() ?? 'missing'}], the encoder has [${shape.join()}]`,
      );
    }
    return found;
  });
}

function checkFusion(fusion: FusionName, { head }: ClassifierState): void {
  if (head && head.fusion !== fusion)
    throw malformed(`the manifest says ${fusion} fusion, the head is made for ${head.fusion}`);
}

function readNotes(manifest: JsonReader): Checkpoint['notes'] {
  return Object.fromEntries(manifest.object('notes').scalars());
}

/**
 * The checkpoint out of its files; every array is a copy.
 *
 * @throws {CheckpointError} ERR_CHECKPOINT_FORMAT for another format or a missing or malformed part,
 * ERR_CHECKPOINT_FEATURES for other features, ERR_CHECKPOINT_DIGEST for a damaged file.
 */
export async function decodeCheckpoint(
  files: CheckpointFiles,
  reading: CheckpointReading,
): Promise<Checkpoint> {
  const manifest = parsed(files, MANIFEST);
  checkManifest(manifest, reading.featureHash);
  await checkDigests(files, manifest, reading.sha256);
  const [group] = parsed(files, 'model.json').list('weightsManifest');
  if (!group) throw malformed('model.json describes no weights');
  const weights = readArrays(group.list('weights'), fileOf(files, 'weights.bin'), 'weights.bin');
  const prototypes = parsed(files, 'prototypes.json');
  const fusion = readFusion(manifest);
  const exemplars = readArrays(prototypes.list('arrays'), fileOf(files, 'prototypes.bin'), 'prototypes.bin');
  const classifier = deserializeClassifier(prototypes.value('classifier'), [...weights, ...exemplars]);
  checkFusion(fusion, classifier);
  const { audio, video } = encodersOf(weights);
  return {
    featureHash: reading.featureHash,
    fusion,
    encoders: { audio: encoderArrays(audio, weights), video: encoderArrays(video, weights) },
    classifier,
    notes: readNotes(manifest),
  };
}
