/**
 * What a project's features are: the program's own, or with backbones in place of one or both encoders. A record in its folder says which
 * backbones it was begun with, so that nothing made by one is ever read as another's, and a start without it can say what is missing.
 */
import { createHash } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Modality } from '../proto/messages.ts';
import { featureHashInput } from '../src/features/spec.ts';
import { ADAPTER_UNITS, type AdapterSpec } from '../src/model/adapter.ts';
import { type EncoderPair, PRODUCT_ENCODERS, REPRESENTATION_WIDTH } from '../src/model/encoders.ts';
import { JsonReader } from '../src/model/json-reader.ts';
import { BackboneError } from './errors.ts';
import { FEATURE_HASH } from './feature-hash.ts';

/** One backbone as it is recorded. */
export type BackboneIdentity = {
  /** As it was given; for people. */
  readonly reference: string;
  /** Hex sha-256 over its files. */
  readonly digest: string;
  /** How windows become its input, in JSON. */
  readonly input: string;
  /** Which of its outputs is kept, and how wide it is. */
  readonly output: string;
  readonly width: number;
};

export type Backbones = Readonly<Record<Modality, BackboneIdentity | null>>;
export const NO_BACKBONES: Backbones = { audio: null, video: null };

export type ProjectFeatures = {
  /** What its journal and its checkpoints are tied to. */
  readonly hash: string;
  readonly encoders: EncoderPair;
};

/** How windows are brought to a backbone and its outputs averaged: another way makes other embeddings. */
const EMBEDDING_VERSION = 1;
const RECORD = 'backbones.json';
const SIDES = ['audio', 'video'] as const;

const adapterFor = (modality: Modality, { width }: BackboneIdentity): AdapterSpec => ({
  modality,
  input: [width],
  hidden: ADAPTER_UNITS,
  width: REPRESENTATION_WIDTH,
});

/** What follows from backbones; without any these are the program's own features. */
export function featuresOf({ audio, video }: Backbones): ProjectFeatures {
  if (!audio && !video) return { hash: FEATURE_HASH, encoders: PRODUCT_ENCODERS };
  const sides = [audio, video].map((one) => one && [one.digest, one.input, one.output, one.width]);
  const told = `${featureHashInput()}\n${JSON.stringify([EMBEDDING_VERSION, ...sides])}`;
  return {
    hash: createHash('sha256').update(told).digest('hex'),
    encoders: {
      audio: audio ? adapterFor('audio', audio) : PRODUCT_ENCODERS.audio,
      video: video ? adapterFor('video', video) : PRODUCT_ENCODERS.video,
    },
  };
}

function identityOf(reader: JsonReader | null): BackboneIdentity | null {
  if (!reader) return null;
  const [reference, digest] = [reader.string('reference'), reader.string('digest')];
  const [input, output] = [reader.string('input'), reader.string('output')];
  return { reference, digest, input, output, width: reader.number('width') };
}

/** The backbones that the project in `folder` was begun with. @throws {BackboneError} ERR_BACKBONE_PROJECT for a damaged record. */
export async function recordedBackbones(folder: string): Promise<Backbones> {
  const file = join(folder, RECORD);
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return NO_BACKBONES;
  try {
    const reader = JsonReader.of(JSON.parse(text), RECORD);
    return { audio: identityOf(reader.optional('audio')), video: identityOf(reader.optional('video')) };
  } catch (cause) {
    const message = `${file} cannot be read: restore it, or start a new project with --project`;
    throw new BackboneError('ERR_BACKBONE_PROJECT', message, { cause });
  }
}

const same = (a: BackboneIdentity | null, b: BackboneIdentity | null): boolean =>
  a?.digest === b?.digest && a?.input === b?.input && a?.output === b?.output && a?.width === b?.width;

const named = (modality: Modality, { output, input }: BackboneIdentity): string =>
  `an output "${output}" of input ${input} of another ${modality} backbone, or of other files`;

/** What to do about a backbone that is not the recorded one. */
function disagreement(
  project: string,
  modality: Modality,
  kept: BackboneIdentity | null,
  given: BackboneIdentity | null,
): BackboneError {
  const flag = `--${modality}-backbone`;
  const fresh = 'or start a new project with --project';
  const other = (message: string): BackboneError => new BackboneError('ERR_BACKBONE_PROJECT', message);
  if (!kept) {
    const seen = `${flag} is ${given?.reference}, and project "${project}" was begun without one`;
    return other(`${seen}: leave it out, ${fresh}`);
  }
  const begun = `project "${project}" keeps embeddings by the ${modality} backbone ${kept.reference}`;
  if (!given)
    return other(`${begun}, and ${flag} is not given: start with ${flag} ${kept.reference}, ${fresh}`);
  const seen = `${begun}, and ${given.reference} gives ${named(modality, given)}`;
  return other(`${seen}: give ${kept.reference} with the range and output of then, ${fresh}`);
}

/**
 * Holds a start's backbones against those that the project was begun with; a new project is begun with them.
 *
 * @throws {BackboneError} ERR_BACKBONE_PROJECT where they are not the same.
 */
export async function beginOrAgree(folder: string, project: string, given: Backbones): Promise<void> {
  const kept = await recordedBackbones(folder);
  const differing = SIDES.find((side) => !same(kept[side], given[side]));
  if (!differing) return;
  // Before there is a journal nothing is kept that another backbone could not read: a start that failed binds nobody.
  if (await exists(join(folder, 'journal.sqlite')))
    throw disagreement(project, differing, kept[differing], given[differing]);
  await writeFile(join(folder, RECORD), `${JSON.stringify(given, null, 1)}\n`);
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
