/**
 * How a model answers samples that it was not trained on: prototypes made from the training samples alone, then each
 * held-out sample answered as the product would.
 */
import { signalsOf } from '../features/sample-sides.ts';
import type { Sample } from '../journal.ts';
import { answer } from '../model/answer.ts';
import {
  type ClassifierState,
  createClassifier,
  type JudgedAccuracy,
  learn,
  withAppliedSeq,
} from '../model/classifier.ts';
import { type NamedArray, REPRESENTATION_WIDTH } from '../model/encoders.ts';
import type { Representation } from '../model/evidence.ts';
import { type Head, headFits } from '../model/head.ts';
import { heldOutOf, type Judged } from './gate.ts';
import type { Labelled, ReplayBuffer } from './replay-buffer.ts';

export type Embedded = { readonly zAudio: Float32Array | null; readonly zVideo: Float32Array | null };
/** Representations of samples, in their order, under these encoder weights (both encoders). Borrows its arguments. */
export type Embed = (encoders: readonly NamedArray[], samples: readonly Sample[]) => readonly Embedded[];

type Window = { readonly item: Labelled; readonly representation: Representation };

/** A stored sample with what an encoder made of it, and the state of its signals. */
export function representationOf(sample: Sample, { zAudio, zVideo }: Embedded): Representation {
  return { start: sample.start, zAudio, zVideo, signals: signalsOf(sample) };
}

function windowsOf(
  items: readonly Labelled[],
  encoders: readonly NamedArray[],
  embed: Embed,
): readonly Window[] {
  const embedded = embed(
    encoders,
    items.map(({ sample }) => sample),
  );
  return items.map((item, i) => {
    const sides = embedded[i] ?? { zAudio: null, zVideo: null };
    return { item, representation: representationOf(item.sample, sides) };
  });
}

/** A state taught the windows, label by label in journal order. */
function teach(state: ClassifierState, windows: readonly Window[]): ClassifierState {
  const spans = new Map<number, Window[]>();
  for (const window of windows) {
    const { seq } = window.item.label;
    const span = spans.get(seq);
    if (span) span.push(window);
    else spans.set(seq, [window]);
  }
  return [...spans]
    .sort(([a], [b]) => a - b)
    .reduce((taught, [, span]) => {
      const [first] = span;
      const inTime = span.map(({ representation }) => representation).sort((a, b) => a.start - b.start);
      return first ? learn(taught, first.item.label, inTime) : taught;
    }, state);
}

export type TaughtStateOptions = {
  readonly encoders: readonly NamedArray[];
  readonly head: Head | null;
  readonly heldOut: JudgedAccuracy | null;
  readonly classIds: readonly string[];
  readonly items: readonly Labelled[];
  readonly appliedSeq: number;
  readonly embed: Embed;
};

/** A classifier with these encoders that was taught these samples. */
export function taughtState(options: TaughtStateOptions): ClassifierState {
  const { encoders, head, heldOut, classIds, items, appliedSeq, embed } = options;
  // Its version is given when it is promoted; until then it is nobody's.
  const empty = createClassifier({ width: REPRESENTATION_WIDTH, modelVersion: 0, classIds, head, heldOut });
  return withAppliedSeq(teach(empty, windowsOf(items, encoders, embed)), appliedSeq);
}

/** Hides what the label does not speak of: a sound-only label says nothing of the picture. */
function inScope({ item, representation }: Window): Representation {
  const { scope } = item.label;
  if (scope === 'both') return representation;
  const { signals } = representation;
  return scope === 'audio'
    ? { ...representation, zVideo: null, signals: { ...signals, video: 'missing' } }
    : { ...representation, zAudio: null, signals: { ...signals, audio: 'missing' } };
}

type Rated = { readonly judged: readonly Judged[]; readonly logLikelihood: number };

const LEAST_PROBABILITY = 1e-4; // one sure mistake must not decide alone

function judgeWindow(state: ClassifierState, window: Window): Judged {
  const classId = window.item.classId ?? '';
  const place = { index: 0, end: window.item.sample.end, skew: null };
  const said = answer(state, { ...inScope(window), ...place });
  const probability = said.fused[state.classIds.indexOf(classId)] ?? 0;
  const own = (side: 'audio' | 'video'): boolean | null =>
    said[side].signal === 'missing' ? null : said[side].answer === classId;
  return {
    classId,
    fused: said.answer === classId,
    audio: own('audio'),
    video: own('video'),
    logProbability: Math.log(Math.max(LEAST_PROBABILITY, probability)),
  };
}

function rate(state: ClassifierState, windows: readonly Window[]): Rated {
  const judged = windows.map((window) => judgeWindow(state, window));
  const logLikelihood = judged.reduce((sum, { logProbability }) => sum + logProbability, 0);
  return { judged, logLikelihood };
}

const GATES = [0, 0.25, 0.5, 0.75, 1] as const;

export type JudgeOptions = {
  readonly encoders: readonly NamedArray[];
  readonly head: Head | null;
  readonly buffer: ReplayBuffer;
  readonly embed: Embed;
};

/** A model's answers to the held-out samples at its best head gate. */
export type JudgedModel = { readonly judged: readonly Judged[]; readonly gate: number };

/**
 * Judges a model by the buffer's held-out samples. The head gets the share (of five) under which they are likeliest
 * (by right answers a dozen windows choose at random: ADR 0062); none where it was made for other classes or helps nothing.
 * The modalities are weighted by what each of them knows. Champion and candidate are both given their best, so neither gains by it.
 */
export function judgeModel({ encoders, head, buffer, embed }: JudgeOptions): JudgedModel {
  const { classIds, byClass, others, heldOut } = buffer;
  const items = [...byClass.flat(), ...others];
  const common = { encoders, classIds, items, appliedSeq: 0, embed };
  const plain = taughtState({ ...common, head: null, heldOut: null });
  const windows = windowsOf(heldOut, encoders, embed);
  const judged = { ...heldOutOf(rate(plain, windows).judged), windows: windows.length };
  const weighted: ClassifierState = { ...plain, heldOut: judged };
  const gates = head && headFits(head, classIds) ? GATES : [0];
  const rated = gates.map((gate) => ({
    gate,
    ...rate({ ...weighted, head: head && { ...head, gate } }, windows),
  }));
  return rated.reduce((best, next) => (next.logLikelihood > best.logLikelihood ? next : best));
}
