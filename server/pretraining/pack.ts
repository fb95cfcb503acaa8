/** The program's starter out of two finished runs. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Modality } from '../../proto/messages.ts';
import { type NamedArray, PRODUCT_ENCODERS, weightShapes } from '../../src/model/encoders.ts';
import { JsonReader } from '../../src/model/json-reader.ts';
import { packStarter, type StarterFacts } from '../../src/model/starter/starter.ts';
import { PretrainingError } from '../errors.ts';
import { FEATURE_HASH } from '../feature-hash.ts';
import { writeWhole } from './state-file.ts';

const SHOWN = 8; // digits of a hash in a message
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Finished = { readonly manifest: JsonReader; readonly weights: readonly NamedArray[] };

/** What a run left in its folder. @throws {PretrainingError} ERR_PRETRAINING_STATE where there is nothing whole */
async function finished(folder: string, modality: Modality): Promise<Finished> {
  const path = join(folder, modality);
  try {
    const manifest = JsonReader.of(
      JSON.parse(await readFile(join(path, 'weights.json'), 'utf8')),
      'weights.json',
    );
    const bytes = Uint8Array.from(await readFile(join(path, 'weights.bin'))); // a copy of its own: aligned
    if (sha256(bytes) !== manifest.string('sha256'))
      throw new Error('weights.bin is not what weights.json says');
    const features = manifest.string('featureHash');
    if (features !== FEATURE_HASH)
      throw new Error(
        `it was trained on features ${features.slice(0, SHOWN)}, this program computes ${FEATURE_HASH.slice(0, SHOWN)}`,
      );
    let at = 0;
    const weights = weightShapes(PRODUCT_ENCODERS[modality]).map(({ name, shape }): NamedArray => {
      const length = shape.reduce((product, side) => product * side, 1);
      at += length;
      return { name, shape, values: new Float32Array(bytes.buffer).slice(at - length, at) };
    });
    return { manifest, weights };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = `${path} holds no finished ${modality} encoder (${why}): run npm run pretrain -- --modality ${modality} first`;
    throw new PretrainingError('ERR_PRETRAINING_STATE', hint, { cause });
  }
}

const rounded = (value: number): number => Math.round(1e4 * value) / 1e4;

function scoresOf(modality: Modality, { manifest }: Finished): readonly (readonly [string, number])[] {
  const names = { single: '1 label', prototype: '5 labels', kind: 'kinds', measures: 'measures' } as const;
  return (['before', 'after'] as const).flatMap((when) =>
    (['single', 'prototype', 'kind', 'measures'] as const).map((score) => {
      const which = when === 'before' ? ', random weights' : '';
      return [
        `${modality} probe ${names[score]}${which}`,
        rounded(manifest.object(when).number(score)),
      ] as const;
    }),
  );
}

/** What is said of two runs together; what differs is said of each. */
function factsOf(runs: Readonly<Record<Modality, Finished>>): StarterFacts {
  const sides = ['audio', 'video'] as const;
  const each = (of: (manifest: JsonReader) => string): readonly string[] =>
    sides.map((side) => of(runs[side].manifest));
  const same = (values: readonly string[], between: string): string => [...new Set(values)].join(between);
  const seeds = sides.map((side) => runs[side].manifest.object('settings').number('seed'));
  return {
    featureHash: FEATURE_HASH,
    seeds: [...new Set(seeds)],
    commit: same(
      each((manifest) => manifest.string('commit')),
      ' (audio), ',
    ),
    command: same(
      each((manifest) => manifest.string('command')),
      ' && ',
    ),
    steps: Math.max(...sides.map((side) => runs[side].manifest.number('steps'))),
    objective: sides
      .map((side) => `${side} ${runs[side].manifest.object('settings').string('objective')}`)
      .join(', '),
    scores: Object.fromEntries(sides.flatMap((side) => scoresOf(side, runs[side]))),
  };
}

/**
 * Packs the two encoders that lie in `from` as a starter in `to`, which is made if need be.
 *
 * @param scores more of them by name, beside the runs' own.
 * @throws {PretrainingError} ERR_PRETRAINING_STATE where a run is not finished.
 */
export async function packRuns(
  from: string,
  to: string,
  scores: Readonly<Record<string, number>> = {},
): Promise<void> {
  const runs = { audio: await finished(from, 'audio'), video: await finished(from, 'video') };
  const facts = factsOf(runs);
  const encoders = { audio: runs.audio.weights, video: runs.video.weights };
  const { bin, json } = await packStarter(
    encoders,
    { ...facts, scores: { ...facts.scores, ...scores } },
    sha256,
  );
  await mkdir(to, { recursive: true });
  await writeWhole(join(to, 'starter.bin'), bin);
  await writeWhole(join(to, 'starter.json'), json);
}
