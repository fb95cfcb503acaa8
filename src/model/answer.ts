/**
 * Answers, scores and effects: what a classifier state says of a window. Pure; nothing here changes a state.
 */
import type { Belief, Prediction } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';
import { type ClassifierState, lessonsOf, type ModalityState, type TaughtLabel } from './classifier.ts';
import { evidenceOf, type PerModality, type Representation } from './evidence.ts';
import { NOTHING_TAUGHT, type Taught } from './exemplars.ts';
import { type Fusion, fuse } from './fusion.ts';
import { type HeadLogits, headFits, headLogits } from './head.ts';
import { type Opinion, opinionOf, type PrototypeView, prototypesOf } from './prototypes.ts';
import type { Moments } from './statistics.ts';

/** A window to be answered. */
export type WindowRepresentation = Representation & {
  readonly index: number;
  readonly end: Micros;
  readonly skew: Micros | null;
};

/** A prediction without what only the gateway knows. */
export type Answer = Omit<Prediction, 'type' | 'sessionId' | 'lag'>;

type Views = WeakMap<Taught, { readonly moments: Moments; readonly view: PrototypeView }>;
// Derived data only: the same state always gives the same view. One view for each (taught, moments) in force.
const views: Views = new WeakMap();

function viewOf({ taught, inUse }: ModalityState): PrototypeView {
  // A classifier that was taught nothing shares one object with every other: no view is worth keeping.
  if (taught === NOTHING_TAUGHT) return prototypesOf(taught, inUse);
  const known = views.get(taught);
  if (known?.moments === inUse) return known.view;
  const view = prototypesOf(taught, inUse);
  views.set(taught, { moments: inUse, view });
  return view;
}

/** Both opinions, null for a side that is no evidence or was never taught. */
function opinionsOf(state: ClassifierState, window: Representation): PerModality<Opinion | null> {
  const evidence = evidenceOf(window);
  const side = (modality: ModalityState, speaks: boolean, z: Float32Array | null): Opinion | null =>
    speaks && z ? opinionOf(viewOf(modality), state.classIds, z) : null;
  return {
    audio: side(state.audio, evidence.audio, window.zAudio),
    video: side(state.video, evidence.video, window.zVideo),
  };
}

function headOf(
  { head, classIds }: ClassifierState,
  { zAudio, zVideo }: Representation,
): { readonly logits: HeadLogits; readonly gate: number } | null {
  if (!head || head.gate === 0 || !zAudio || !zVideo || !headFits(head, classIds)) return null;
  const logits = headLogits(head, zAudio, zVideo);
  const rows = classIds.map((id) => head.classIds.indexOf(id));
  const inOrder = (values: readonly number[]): number[] => rows.map((row) => values[row]!);
  return {
    gate: head.gate,
    logits: { audio: inOrder(logits.audio), video: inOrder(logits.video), bias: inOrder(logits.bias) },
  };
}

type Judgement = { readonly fusion: Fusion; readonly opinions: PerModality<Opinion | null> };

/** Leave-one-span-out answers weigh as much as so many held-out windows: a dozen of those alone would decide by luck (ADR 0062). */
const OWN_EVIDENCE = 64;

/** What a modality knows: held-out windows and its own exemplars, leaving spans out, taken together; null where neither says. */
export function pooledAccuracy(
  heldOut: { readonly accuracy: number; readonly windows: number } | null,
  own: number | null,
): number | null {
  if (!heldOut || own === null) return heldOut?.accuracy ?? own;
  const { accuracy, windows } = heldOut;
  return (windows * accuracy + OWN_EVIDENCE * own) / (windows + OWN_EVIDENCE);
}

function accuracyOf(state: ClassifierState, modality: 'audio' | 'video'): number | null {
  const { heldOut } = state;
  const judged = heldOut && { accuracy: heldOut[modality], windows: heldOut.windows };
  return pooledAccuracy(judged, viewOf(state[modality]).calibration.accuracy);
}

function judge(state: ClassifierState, window: Representation): Judgement {
  const opinions = opinionsOf(state, window);
  const fusion = fuse({
    classes: state.classIds.length,
    opinions,
    accuracy: {
      audio: opinions.audio && accuracyOf(state, 'audio'),
      video: opinions.video && accuracyOf(state, 'video'),
    },
    head: headOf(state, window),
  });
  return { fusion, opinions };
}

const answerOf = (classIds: readonly string[], opinion: Opinion | null): string | null =>
  opinion && !opinion.far ? (classIds[opinion.nearest] ?? null) : null;

function beliefOf(
  { classIds }: ClassifierState,
  { fusion, opinions }: Judgement,
  window: Representation,
  modality: 'audio' | 'video',
): Belief {
  const opinion = opinions[modality];
  return {
    probabilities: opinion?.probabilities ?? [],
    confidence: opinion ? Math.max(...opinion.probabilities) : 0,
    distance: opinion?.distance ?? null,
    signal: window.signals[modality],
    contribution: fusion.contributions[modality],
    weight: fusion.weights[modality],
    answer: answerOf(classIds, opinion),
  };
}

const fusedAnswer = ({ classIds }: ClassifierState, { winner, unknown }: Fusion): string | null =>
  unknown || winner === null ? null : (classIds[winner] ?? null);

/**
 * Answers one window. Pure; probabilities sum to 1 as soon as one class has a prototype in a modality that speaks.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH or ERR_NOT_FINITE for a broken representation.
 */
export function answer(state: ClassifierState, window: WindowRepresentation): Answer {
  const judgement = judge(state, window);
  const { fusion } = judgement;
  return {
    index: window.index,
    start: window.start,
    end: window.end,
    classIds: state.classIds,
    fused: fusion.probabilities,
    answer: fusedAnswer(state, fusion),
    audio: beliefOf(state, judgement, window, 'audio'),
    video: beliefOf(state, judgement, window, 'video'),
    skew: window.skew,
    modelVersion: state.modelVersion,
    appliedSeq: state.appliedSeq,
    headGate: fusion.gate,
  };
}

/** What the model believes of one labelled sample, before it learns from it. */
export type Score = {
  /** Answers as class ids; null: unknown or not there. */
  readonly fused: string | null;
  readonly audio: string | null;
  readonly video: string | null;
  /** Prototype score of the label's class; null where the modality does not speak or has no such prototype. */
  readonly audioScore: number | null;
  readonly videoScore: number | null;
};

/** Scores each sample of a label with the state as it is: call it before `learn` (prequential). */
export function score(
  state: ClassifierState,
  label: TaughtLabel,
  samples: readonly Representation[],
): readonly Score[] {
  const k = state.classIds.indexOf(label.classId ?? '');
  const scoreOf = (opinion: Opinion | null): number | null =>
    opinion && (opinion.logs[k] ?? null) !== null ? (opinion.probabilities[k] ?? null) : null;
  return samples.map((sample) => {
    const { fusion, opinions } = judge(state, sample);
    return {
      fused: fusedAnswer(state, fusion),
      audio: answerOf(state.classIds, opinions.audio),
      video: answerOf(state.classIds, opinions.video),
      audioScore: scoreOf(opinions.audio),
      videoScore: scoreOf(opinions.video),
    };
  });
}

/** How a label moved one modality: mean probability of its class on its own samples. */
export type Effect = {
  readonly modality: 'audio' | 'video';
  readonly before: number;
  readonly after: number;
};

/** What a label changed, for each modality it taught. Empty for `unknown`, which has no class. */
export function effects(
  before: ClassifierState,
  after: ClassifierState,
  label: TaughtLabel,
  samples: readonly Representation[],
): readonly Effect[] {
  const { classId } = label;
  if (classId === null) return [];
  const taught = lessonsOf(label, samples, before.width);
  const mean = (state: ClassifierState, modality: 'audio' | 'video'): number => {
    const view = viewOf(state[modality]);
    const k = state.classIds.indexOf(classId);
    const scores = taught[modality].map(({ z }) => opinionOf(view, state.classIds, z)?.probabilities[k] ?? 0);
    return scores.reduce((sum, value) => sum + value, 0) / scores.length;
  };
  return (['audio', 'video'] as const)
    .filter((modality) => taught[modality].length > 0)
    .map((modality) => ({ modality, before: mean(before, modality), after: mean(after, modality) }));
}
