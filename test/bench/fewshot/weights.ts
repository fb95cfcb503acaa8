/** Encoders to compare: weights in files, or random ones. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Modality } from '../../../proto/messages.ts';
import {
  type EncoderSpec,
  initWeights,
  type NamedArray,
  PRODUCT_ENCODERS,
  parameterCount,
  weightShapes,
} from '../../../src/model/encoders.ts';
import { random } from '../../../src/random.ts';

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

/**
 * Reads what `npm run pretrain` leaves: `weights.bin` (float32) or a folder that holds one; two of them joined by `+` are the
 * two encoders.
 *
 * @throws {Error} for a file that is not there or holds something else.
 */
export async function readEncoders(paths: string, seed = 0): Promise<Encoders> {
  const found = new Map<string, NamedArray>();
  const senses = new Set<Modality>();
  for (const path of paths.split('+')) {
    const file = (await stat(path)).isDirectory() ? join(path, 'weights.bin') : path;
    const bytes = Uint8Array.from(await readFile(file)); // a copy of its own: aligned
    for (const side of sidesOf(file, new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4))))
      for (const array of side) {
        found.set(array.name, array);
        senses.add(array.name.startsWith('audio/') ? 'audio' : 'video');
      }
  }
  const weights = randomEncoders(seed).map((fresh) => found.get(fresh.name) ?? fresh);
  return { weights, senses: [...senses] };
}
