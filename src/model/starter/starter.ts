/**
 * The starter: encoders that know something before the first label, as two files. `starter.bin` holds all weights in half
 * precision, little-endian, one array after another; `starter.json` says what they are and how they were made.
 */
import { CheckpointError } from '../../errors.ts';
import type { Sha256 } from '../checkpoint.ts';
import { type NamedArray, PRODUCT_ENCODERS, weightShapes } from '../encoders.ts';
import type { PerModality } from '../evidence.ts';
import { JsonReader } from '../json-reader.ts';
import { LARGEST_HALF, readHalves, writeHalves } from './half.ts';

/** How a starter was made; kept as it is in the manifest. */
export type StarterFacts = {
  readonly featureHash: string;
  readonly seeds: readonly number[];
  /** Of the sources that made it. */
  readonly commit: string;
  readonly command: string;
  /** Training steps of each encoder, from random weights on. */
  readonly steps: number;
  readonly objective: string;
  /** By name, for instance `video heldOut 5 labels`. */
  readonly scores: Readonly<Record<string, number>>;
};

export type StarterFiles = { readonly bin: Uint8Array; readonly json: Uint8Array };

export type Starter = {
  /** In the order of `weightShapes`; the caller's. */
  readonly encoders: PerModality<readonly NamedArray[]>;
  readonly steps: number;
  /** Of `starter.bin`: what tells one starter from another. */
  readonly sha256: string;
};

const FORMAT = 'counterpoise-starter';
const FORMAT_VERSION = 1;

const SHAPES = [...weightShapes(PRODUCT_ENCODERS.audio), ...weightShapes(PRODUCT_ENCODERS.video)];
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
const WEIGHTS = SHAPES.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

const REMEDY = 'make it again with npm run pretrain, or go on with --init random';

const malformed = (message: string, cause?: unknown): CheckpointError =>
  new CheckpointError('ERR_CHECKPOINT_FORMAT', `${message}: ${REMEDY}`, { cause });

function checkArray({ name, shape, values }: NamedArray): void {
  if (values.length !== sizeOf(shape))
    throw malformed(`weight ${name} of the starter has ${values.length} numbers, [${shape.join()}] expected`);
  const bad = values.find((value) => !(Math.abs(value) <= LARGEST_HALF));
  if (bad !== undefined)
    throw malformed(
      `weight ${name} of the starter holds ${bad}, expected at most ${LARGEST_HALF} either way`,
    );
}

/** The arrays of both encoders in the order of the file. */
function ordered({ audio, video }: PerModality<readonly NamedArray[]>): readonly NamedArray[] {
  const given = [...audio, ...video];
  return SHAPES.map(({ name, shape }) => {
    const found = given.find((array) => array.name === name);
    if (found?.shape.join() === shape.join()) return found;
    const seen = found ? `[${found.shape.join()}]` : 'missing';
    throw malformed(`weight ${name} of the starter is ${seen}, the encoder has [${shape.join()}]`);
  });
}

/**
 * The two files of a starter. Borrows its arguments. What is read back is each weight rounded to half precision.
 *
 * @param encoders the product's, in any order.
 * @throws {CheckpointError} ERR_CHECKPOINT_FORMAT for other weights than the product's encoders have, or one that half
 *   precision cannot hold.
 */
export async function packStarter(
  encoders: PerModality<readonly NamedArray[]>,
  facts: StarterFacts,
  sha256: Sha256,
): Promise<StarterFiles> {
  const arrays = ordered(encoders);
  const bin = new Uint8Array(2 * WEIGHTS);
  const view = new DataView(bin.buffer);
  let at = 0;
  for (const array of arrays) {
    checkArray(array);
    writeHalves(view, at, array.values);
    at += 2 * array.values.length;
  }
  const manifest = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    ...facts,
    dtype: 'float16',
    weights: arrays.map(({ name, shape }) => ({ name, shape })),
    sha256: await sha256(bin),
  };
  return { bin, json: new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`) };
}

function manifestOf(json: Uint8Array): JsonReader {
  try {
    return JsonReader.of(JSON.parse(new TextDecoder().decode(json)), 'starter.json');
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw malformed('starter.json is no JSON', cause);
  }
}

function checkManifest(manifest: JsonReader, featureHash: string): void {
  const [format, version] = [manifest.string('format'), manifest.number('formatVersion')];
  if (format !== FORMAT || version !== FORMAT_VERSION)
    throw malformed(`starter.json says ${format} ${version}, this program reads ${FORMAT} ${FORMAT_VERSION}`);
  const seen = manifest.string('featureHash');
  if (seen === featureHash) return;
  const message = `the starter reads features ${seen}, this program makes ${featureHash}: ${REMEDY}`;
  throw new CheckpointError('ERR_CHECKPOINT_FEATURES', message);
}

function checkShapes(manifest: JsonReader, bytes: number): void {
  const described = manifest.list('weights').map((one) => `${one.string('name')} [${one.numbers('shape')}]`);
  const expected = SHAPES.map(({ name, shape }) => `${name} [${shape}]`);
  const at = expected.findIndex((one, i) => one !== described[i]);
  if (at >= 0 || described.length !== expected.length)
    throw malformed(
      `the starter has ${described[Math.max(at, 0)] ?? 'no weight'}, expected ${expected[Math.max(at, 0)]}`,
    );
  if (bytes !== 2 * WEIGHTS) throw malformed(`starter.bin has ${bytes} bytes, expected ${2 * WEIGHTS}`);
}

async function checkDigest(bin: Uint8Array, expected: string, sha256: Sha256): Promise<void> {
  const seen = await sha256(bin);
  if (seen === expected) return;
  const message = `starter.bin has sha-256 ${seen}, starter.json says ${expected}: ${REMEDY}`;
  throw new CheckpointError('ERR_CHECKPOINT_DIGEST', message);
}

/**
 * The starter out of its files, everything checked.
 *
 * @throws {CheckpointError} ERR_CHECKPOINT_FORMAT for another format, other weights or another length,
 * ERR_CHECKPOINT_FEATURES where it was made for other features, ERR_CHECKPOINT_DIGEST where the weights are damaged.
 */
export async function readStarter(
  { bin, json }: StarterFiles,
  { featureHash, sha256 }: { readonly featureHash: string; readonly sha256: Sha256 },
): Promise<Starter> {
  const manifest = manifestOf(json);
  checkManifest(manifest, featureHash);
  checkShapes(manifest, bin.length);
  const digest = manifest.string('sha256');
  await checkDigest(bin, digest, sha256);
  const view = new DataView(bin.buffer, bin.byteOffset, bin.byteLength);
  let at = 0;
  const arrays = SHAPES.map(({ name, shape }): NamedArray => {
    const values = readHalves(view, at, sizeOf(shape));
    at += 2 * values.length;
    return { name, shape, values };
  });
  const of = (side: string): NamedArray[] => arrays.filter(({ name }) => name.startsWith(`${side}/`));
  return {
    encoders: { audio: of('audio'), video: of('video') },
    steps: manifest.number('steps'),
    sha256: digest,
  };
}
