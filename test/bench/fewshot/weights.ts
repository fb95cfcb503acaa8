/** Encoders to compare: weights in files, or random ones. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Modality } from '../../../proto/messages.ts';
import { FEATURE_HASH } from '../../../server/feature-hash.ts';
import {
  type EncoderSpec,
  initWeights,
  type NamedArray,
  PRODUCT_ENCODERS,
  parameterCount,
  weightShapes,
} from '../../../src/model/encoders.ts';
import { readStarter } from '../../../src/model/starter/starter.ts';
import { random } from '../../../src/random.ts';

const sha256 = async (bytes: Uint8Array): Promise<string> => createHash('sha256').update(bytes).digest('hex');

export type Encoders = {
  /** Both encoders, audio first. */
  readonly weights: readonly NamedArray[];
  /** The senses that the files hold; the other one is random. */
  readonly senses: readonly Modality[];
};

/** Fresh weights, as a project begins without a starter. */
export function randomEncoders(seed: number): readonly NamedArray[] {
  const draw = random(seed).fork('fewshot');
  return [...initWeights(PRODUCT_ENCODERS.audio, draw), ...initWeights(PRODUCT_ENCODERS.video, draw)];
}

/** One encoder's weights out of numbers one after another, in the order of `weightShapes`. */
function arraysOf(spec: EncoderSpec, floats: Float32Array): readonly NamedArray[] {
  let from = 0;
  return weightShapes(spec).map(({ name, shape }): NamedArray => {
    const length = shape.reduce((product, side) => product * side, 1);
    from += length;
    return { name, shape, values: floats.slice(from - length, from) };
  });
}

const COUNTS = {
  audio: parameterCount(PRODUCT_ENCODERS.audio),
  video: parameterCount(PRODUCT_ENCODERS.video),
} as const;

/** @throws {Error} where the file holds neither encoder nor both */
function sidesOf(path: string, floats: Float32Array): readonly (readonly NamedArray[])[] {
  const { audio, video } = PRODUCT_ENCODERS;
  switch (floats.length) {
    case COUNTS.audio:
      return [arraysOf(audio, floats)];
    case COUNTS.video:
      return [arraysOf(video, floats)];
    case COUNTS.audio + COUNTS.video:
      return [arraysOf(audio, floats), arraysOf(video, floats.subarray(COUNTS.audio))];
    default: {
      const expected = `${COUNTS.audio} (sound), ${COUNTS.video} (picture) or both`;
      throw new Error(`${path} holds ${floats.length} numbers, expected ${expected}: give a weights.bin`);
    }
  }
}

/** The arrays of one file: `weights.bin` of `npm run pretrain`, or a starter's two files. */
async function arraysIn(path: string): Promise<readonly (readonly NamedArray[])[]> {
  const folder = (await stat(path)).isDirectory();
  const json = folder ? await readFile(join(path, 'starter.json')).catch(() => null) : null;
  if (json) {
    const bin = await readFile(join(path, 'starter.bin'));
    const { encoders } = await readStarter({ bin, json }, { featureHash: FEATURE_HASH, sha256 });
    return [encoders.audio, encoders.video];
  }
  const file = folder ? join(path, 'weights.bin') : path;
  const bytes = Uint8Array.from(await readFile(file)); // a copy of its own: aligned
  return sidesOf(file, new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4)));
}

/**
 * Reads weights: a starter's folder (`starter.bin` and `starter.json`), or what `npm run pretrain` leaves (`weights.bin` in
 * float32, or its folder); two of them joined by `+` are the two encoders.
 *
 * @throws {Error} for a file that is not there or holds something else.
 */
export async function readEncoders(paths: string, seed = 0): Promise<Encoders> {
  const found = new Map<string, NamedArray>();
  const senses = new Set<Modality>();
  for (const path of paths.split('+'))
    for (const side of await arraysIn(path))
      for (const array of side) {
        found.set(array.name, array);
        senses.add(array.name.startsWith('audio/') ? 'audio' : 'video');
      }
  const weights = randomEncoders(seed).map((fresh) => found.get(fresh.name) ?? fresh);
  return { weights, senses: [...senses] };
}

/** By content. */
export function digestOf(weights: readonly NamedArray[]): string {
  const hash = createHash('sha256');
  for (const { values } of weights)
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
}
