/**
 * A classifier state as plain data and back, exactly: structure as JSON, representations and weights as arrays.
 */
import { DEFAULT_FUSION, FUSION_NAMES, type FusionName } from '../../proto/fusions.ts';
import { micros } from '../../proto/units.ts';
import { CheckpointError, ShapeError } from '../errors.ts';
import type { ClassifierState, ModalityState } from './classifier.ts';
import type { NamedArray } from './encoders.ts';
import type { Exemplar, Taught } from './exemplars.ts';
import { type Head, headWeights, servedShape, sizeOf } from './head.ts';
import { JsonReader } from './json-reader.ts';
import type { Moments } from './statistics.ts';

/** What JSON can hold exactly. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** `arrays`: those of `headWeights`, where there is a head; 'audio/exemplars', 'video/exemplars' [N, D]. */
export type SerializedClassifier = { readonly json: Json; readonly arrays: readonly NamedArray[] };

// JSON numbers round-trip a double, so moments need no binary form.
const momentsJson = ({ count, mean, m2 }: Moments): Json => ({ count, mean: [...mean], m2: [...m2] });

type Shelves = ReadonlyMap<string, readonly Exemplar[]>;
const sorted = (shelves: Shelves): readonly (readonly [string, readonly Exemplar[]])[] =>
  [...shelves].sort(([a], [b]) => (a < b ? -1 : 1));

const exemplarsJson = (list: readonly Exemplar[]): Json =>
  list.map(({ labelId, seq, start }) => [labelId, seq, start]);
const shelvesJson = (shelves: Shelves): Json =>
  sorted(shelves).map(([classId, list]) => [classId, exemplarsJson(list)]);

/** Every exemplar in the order in which the JSON names them. */
function allExemplars({ positives, negatives, background }: Taught): readonly Exemplar[] {
  return [...sorted(positives), ...sorted(negatives)].flatMap(([, list]) => list).concat(background);
}

function modalityJson({ taught, seen, inUse, windows, inUseAt }: ModalityState): Json {
  return {
    positives: shelvesJson(taught.positives),
    negatives: shelvesJson(taught.negatives),
    background: exemplarsJson(taught.background),
    seen: momentsJson(seen),
    inUse: momentsJson(inUse),
    windows,
    inUseAt,
  };
}

function exemplarArray(name: string, { taught }: ModalityState, width: number): NamedArray {
  const exemplars = allExemplars(taught);
  const values = new Float32Array(exemplars.length * width);
  exemplars.forEach(({ z }, i) => {
    values.set(z, i * width);
  });
  return { name, shape: [exemplars.length, width], values };
}

function headArrays(head: Head | null, width: number): readonly NamedArray[] {
  if (!head) return [];
  return headWeights(head.fusion, width).map((weight) => {
    const shape = servedShape(weight, head.classIds.length);
    const values = head.weights[weight.name];
    if (values?.length === sizeOf(shape)) return { name: weight.name, shape, values };
    throw new ShapeError(
      'ERR_SHAPE',
      `${weight.name} has ${values?.length ?? 'no'} values, [${shape}] expected`,
    );
  });
}

/** Nothing for concat: what was written before there were others says nothing either. */
const fusionJson = (fusion: FusionName): { readonly fusion?: FusionName } =>
  fusion === DEFAULT_FUSION ? {} : { fusion };

/** Everything of a state; `deserializeClassifier` undoes it to the bit. Borrows the state's arrays. */
export function serializeClassifier(state: ClassifierState): SerializedClassifier {
  const { modelVersion, appliedSeq, width, classIds, head, heldOut } = state;
  return {
    json: {
      modelVersion,
      appliedSeq,
      width,
      classIds,
      head: head && { classIds: head.classIds, gate: head.gate, ...fusionJson(head.fusion) },
      heldOut,
      audio: modalityJson(state.audio),
      video: modalityJson(state.video),
    },
    arrays: [
      ...headArrays(head, width),
      exemplarArray('audio/exemplars', state.audio, width),
      exemplarArray('video/exemplars', state.video, width),
    ],
  };
}

function arrayNamed(arrays: readonly NamedArray[], name: string, length: number): Float32Array {
  const found = arrays.find((array) => array.name === name);
  if (found?.values.length === length) return found.values;
  const seen = found ? `has ${found.values.length} values` : 'is missing';
  throw new CheckpointError(
    'ERR_CHECKPOINT_FORMAT',
    `array ${name} ${seen}, ${length} expected: the checkpoint is incomplete, use an older version`,
  );
}

function readMoments(reader: JsonReader, width: number): Moments {
  return {
    count: reader.number('count'),
    mean: Float64Array.from(reader.numbers('mean', width)),
    m2: Float64Array.from(reader.numbers('m2', width)),
  };
}

/** Hands out one representation after the other, as `allExemplars` listed them. */
type Take = () => Float32Array;

function readExemplars(list: readonly JsonReader[], take: Take): readonly Exemplar[] {
  return list.map((entry) => ({
    labelId: entry.string('0'),
    seq: entry.number('1'),
    start: micros(entry.number('2')),
    z: take(),
  }));
}

function readShelves(list: readonly JsonReader[], take: Take): Shelves {
  return new Map(list.map((entry) => [entry.string('0'), readExemplars(entry.list('1'), take)]));
}

function countOf(reader: JsonReader): number {
  const shelves = [...reader.list('positives'), ...reader.list('negatives')];
  return shelves.reduce((sum, shelf) => sum + shelf.list('1').length, reader.list('background').length);
}

function readModality(
  reader: JsonReader,
  name: string,
  arrays: readonly NamedArray[],
  width: number,
): ModalityState {
  const values = arrayNamed(arrays, name, countOf(reader) * width);
  let taken = 0;
  const take: Take = () => {
    taken++;
    return values.slice((taken - 1) * width, taken * width);
  };
  const positives = readShelves(reader.list('positives'), take);
  const negatives = readShelves(reader.list('negatives'), take);
  const background = readExemplars(reader.list('background'), take);
  return {
    taught: { positives, negatives, background },
    seen: readMoments(reader.object('seen'), width),
    inUse: readMoments(reader.object('inUse'), width),
    windows: reader.number('windows'),
    inUseAt: reader.number('inUseAt'),
  };
}

/**
 * The fusion that a document names; concat where it names none.
 *
 * @throws {CheckpointError} ERR_CHECKPOINT_FORMAT for a name that is not known.
 */
export function readFusion(reader: JsonReader): FusionName {
  if (reader.value('fusion') === undefined) return DEFAULT_FUSION;
  const seen = reader.string('fusion');
  const known = FUSION_NAMES.find((name) => name === seen);
  if (known) return known;
  throw new CheckpointError(
    'ERR_CHECKPOINT_FORMAT',
    `the checkpoint's fusion is "${seen}", this program knows ${FUSION_NAMES.join(', ')}: use the program version that made it`,
  );
}

function readHead(reader: JsonReader | null, arrays: readonly NamedArray[], width: number): Head | null {
  if (!reader) return null;
  const classIds = reader.strings('classIds');
  const fusion = readFusion(reader);
  const weights = headWeights(fusion, width).map((weight): [string, Float32Array] => {
    const length = sizeOf(servedShape(weight, classIds.length));
    return [weight.name, arrayNamed(arrays, weight.name, length)];
  });
  return { fusion, classIds, gate: reader.number('gate'), weights: Object.fromEntries(weights) };
}

/**
 * The state out of its serialized form.
 *
 * @throws {CheckpointError} ERR_CHECKPOINT_FORMAT if a field or an array is missing or of another form.
 */
export function deserializeClassifier(json: unknown, arrays: readonly NamedArray[]): ClassifierState {
  const reader = JsonReader.of(json, 'the classifier');
  const width = reader.number('width');
  const heldOut = reader.optional('heldOut');
  return {
    modelVersion: reader.number('modelVersion'),
    appliedSeq: reader.number('appliedSeq'),
    width,
    classIds: reader.strings('classIds'),
    head: readHead(reader.optional('head'), arrays, width),
    heldOut: heldOut && {
      fused: heldOut.number('fused'),
      audio: heldOut.number('audio'),
      video: heldOut.number('video'),
      windows: heldOut.number('windows'),
    },
    audio: readModality(reader.object('audio'), 'audio/exemplars', arrays, width),
    video: readModality(reader.object('video'), 'video/exemplars', arrays, width),
  };
}
