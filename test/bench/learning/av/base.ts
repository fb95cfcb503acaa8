/** The weights that every stream begins with: the starter's, random ones, or trained once and kept in a folder. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import { loadStarter } from '../../../../server/compute/starter.ts';
import { FEATURE_HASH } from '../../../../server/feature-hash.ts';
import type { EffectiveLabel, Sample } from '../../../../src/journal.ts';
import { initWeights, type NamedArray } from '../../../../src/model/encoders.ts';
import { random } from '../../../../src/random.ts';
import { judgeCandidate } from '../../../../src/training/gate.ts';
import { POLICIES } from '../../../../src/training/policies/table.ts';
import { type RoundBase, runRound } from '../../../../src/training/round.ts';
import { AV_CLASSES, FIRST_CLASSES } from './classes.ts';
import { baseSamples, type CourseSource } from './course.ts';
import { labelOf } from './label.ts';
import type { AvSettings } from './settings.ts';
import type { Tools } from './stream-run.ts';

const start = ({ world, encoders: { audio, video } }: AvSettings): RoundBase => {
  const draw = random(world).fork('base');
  const encoders = [...initWeights(audio, draw), ...initWeights(video, draw)];
  return { encoders, head: null, appliedSeq: 0, trainedSteps: 0 };
};

/** Plain joint training from random weights on windows that no stream has; its head is not kept. */
export async function trainBase(source: CourseSource, { embed, compile }: Tools): Promise<RoundBase> {
  const { settings } = source;
  const samples = await baseSamples(source);
  const given = new Map<number, number>();
  const labels = samples.map((one, place): EffectiveLabel => {
    const count = given.get(one.classIndex) ?? 0;
    given.set(one.classIndex, count + 1);
    return { ...labelOf(one, place, count), seq: place + 1 };
  });
  const outcome = await runRound({
    base: start(settings),
    classes: AV_CLASSES.slice(0, FIRST_CLASSES).map(({ name }) => ({ id: name, name, colour: '#000000' })),
    labels,
    lastSeq: labels.length,
    samplesOf: (seq): readonly Sample[] => samples.slice(seq - 1, seq).map(({ sample }) => sample),
    seed: settings.world,
    steps: settings.base.steps,
    ...{ embed, compile, specs: settings.encoders, policy: POLICIES.joint },
    judge: (input) => ({ ...judgeCandidate(input), promoted: true }),
    onProgress: () => Promise.resolve(),
  });
  if (outcome.type !== 'candidate') throw new TypeError(`no first weights: ${outcome.verdict}`);
  const { encoders: trained, trainedSteps } = outcome.candidate;
  return { ...start(settings), encoders: trained, trainedSteps };
}

const bytesOf = (weights: readonly NamedArray[]): Uint8Array =>
  Buffer.concat(
    weights.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );

/** Weights of these shapes out of their bytes; null where there are more or fewer. */
function weightsFrom(bytes: Uint8Array, shapes: readonly NamedArray[]): readonly NamedArray[] | null {
  const floats = new Float32Array(Uint8Array.from(bytes).buffer);
  let from = 0;
  const weights = shapes.map(({ name, shape, values: { length } }): NamedArray => {
    from += length;
    return { name, shape, values: floats.slice(from - length, from) };
  });
  return from === floats.length ? weights : null;
}

/**
 * Which starter streams begin with, null where they begin otherwise: part of a cell's key, for no code and no setting names it.
 *
 * @throws {CheckpointError} where there is none, or it is not whole
 */
export async function starterName(settings: AvSettings): Promise<string | null> {
  return settings.start === 'starter' ? (await loadStarter(FEATURE_HASH)).sha256 : null;
}

/** What the product begins with by default. */
async function starterBase(settings: AvSettings): Promise<RoundBase> {
  const { encoders, steps } = await loadStarter(FEATURE_HASH);
  return { ...start(settings), encoders: [...encoders.audio, ...encoders.video], trainedSteps: steps };
}

/** The base that the settings ask for; a trained one is kept in a folder under that name. */
export async function baseOf(
  folder: string,
  key: string,
  source: CourseSource,
  tools: Tools,
): Promise<RoundBase> {
  switch (source.settings.start) {
    case 'starter':
      return starterBase(source.settings);
    case 'random':
      return start(source.settings);
    case 'trained':
      return storedBase(folder, key, source, tools);
  }
}

async function storedBase(
  folder: string,
  key: string,
  source: CourseSource,
  tools: Tools,
): Promise<RoundBase> {
  const path = join(folder, `${key}.base`);
  const fresh = start(source.settings);
  const bytes = await readFile(path).catch(() => null);
  const encoders = bytes && weightsFrom(bytes, fresh.encoders);
  if (encoders) return { ...fresh, encoders, trainedSteps: source.settings.base.steps };
  const base = await trainBase(source, tools);
  await mkdir(folder, { recursive: true });
  await writeFile(`${path}.${pid}`, bytesOf(base.encoders));
  await rename(`${path}.${pid}`, path);
  return base;
}
