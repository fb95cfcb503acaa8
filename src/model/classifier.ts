/**
 * The classifier over representations: what was taught, and the answer it gives. Small typed-array code, no tensors:
 * a new class never retraces a graph.
 *
 * States are immutable: every function returns a new one, or the same object where nothing changed. Undoing a label
 * gives back, to the bit, the prototypes of a classifier that never had it.
 */
import { ShapeError } from '../errors.ts';
import type { EffectiveLabel, HeldOut } from '../journal.ts';
import { evidenceOf, type PerModality, type Representation } from './evidence.ts';
import {
  type Exemplar,
  NOTHING_TAUGHT,
  type Taught,
  withClasses,
  withExemplars,
  withoutLabel,
} from './exemplars.ts';
import type { Head } from './head.ts';
import { addTo, emptyMoments, type Moments } from './statistics.ts';

export type ModalityState = {
  readonly taught: Taught;
  /** Moments of every window seen, labelled or not. */
  readonly seen: Moments;
  /** The moments in use: taken from `seen` now and then, so that prototypes need not be made anew at every window. */
  readonly inUse: Moments;
  /** Windows seen in all, and when `inUse` was taken. */
  readonly windows: number;
  readonly inUseAt: number;
};

/** Accuracies on windows that no training has seen, and how many there were. */
export type JudgedAccuracy = HeldOut & { readonly windows: number };

export type ClassifierState = {
  readonly modelVersion: number;
  /** Last journal entry whose label is in the prototypes. */
  readonly appliedSeq: number;
  /** Width D of both representations. */
  readonly width: number;
  /** Order of every probability vector. */
  readonly classIds: readonly string[];
  /** Null until one was trained. */
  readonly head: Head | null;
  /** By which the modalities are weighted, beside what their exemplars say; null until a trainer has judged them. */
  readonly heldOut: JudgedAccuracy | null;
  readonly audio: ModalityState;
  readonly video: ModalityState;
};

/** What the classifier reads of a label. */
export type TaughtLabel = Pick<EffectiveLabel, 'id' | 'seq' | 'kind' | 'classId' | 'scope'>;

export type NewClassifier = {
  readonly width: number;
  readonly modelVersion: number;
  readonly classIds?: readonly string[];
  readonly head?: Head | null;
  readonly heldOut?: JudgedAccuracy | null;
};

// Prototypes follow the running statistics at every window at first, then when 5 % more were seen, at least every 64.
const REFRESH_SHARE = 0.05;
const REFRESH_WINDOWS = 64;

function emptyModality(width: number): ModalityState {
  const nothing = emptyMoments(width);
  return { taught: NOTHING_TAUGHT, seen: nothing, inUse: nothing, windows: 0, inUseAt: 0 };
}

/** A classifier that has seen and was taught nothing. */
export function createClassifier(options: NewClassifier): ClassifierState {
  const { width, modelVersion, classIds = [], head = null, heldOut = null } = options;
  return {
    modelVersion,
    appliedSeq: 0,
    width,
    classIds: [...classIds],
    head,
    heldOut,
    audio: emptyModality(width),
    video: emptyModality(width),
  };
}

function seeOne(state: ModalityState, z: Float32Array): ModalityState {
  const seen = addTo(state.seen, z);
  const windows = state.windows + 1;
  const patience = Math.min(REFRESH_WINDOWS, REFRESH_SHARE * state.inUseAt);
  if (windows - state.inUseAt < patience) return { ...state, seen, windows };
  return { ...state, seen, windows, inUse: seen, inUseAt: windows };
}

/**
 * Takes a window, labelled or not, into the running statistics; dead signals are left out. Call it once for each
 * answered window, after the answer.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH for a representation of another width.
 */
export function observe(state: ClassifierState, window: Representation): ClassifierState {
  const evidence = evidenceOf(window);
  const { zAudio, zVideo } = window;
  return {
    ...state,
    audio: evidence.audio && zAudio ? seeOne(state.audio, zAudio) : state.audio,
    video: evidence.video && zVideo ? seeOne(state.video, zVideo) : state.video,
  };
}

function checked(z: Float32Array, width: number): Float32Array {
  if (z.length !== width) {
    throw new ShapeError(
      'ERR_PROTOTYPE_WIDTH',
      `representation is ${z.length} wide, the classifier ${width}`,
    );
  }
  if (!z.every(Number.isFinite)) {
    throw new ShapeError(
      'ERR_NOT_FINITE',
      'a representation holds NaN or infinity: discard the weights that made it',
    );
  }
  return z;
}

/**
 * The exemplars that a label gives to each modality: within its scope, and only where the window is evidence.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH or ERR_NOT_FINITE for a broken representation.
 */
export function lessonsOf(
  label: TaughtLabel,
  samples: readonly Representation[],
  width: number,
): PerModality<readonly Exemplar[]> {
  const of = (modality: 'audio' | 'video'): Exemplar[] => {
    if (label.scope !== 'both' && label.scope !== modality) return [];
    return samples.flatMap((sample) => {
      const z = modality === 'audio' ? sample.zAudio : sample.zVideo;
      if (!z || !evidenceOf(sample)[modality]) return [];
      return [{ labelId: label.id, seq: label.seq, start: sample.start, z: checked(z, width) }];
    });
  };
  return { audio: of('audio'), video: of('video') };
}

const taughtAs = (modality: ModalityState, taught: Taught): ModalityState =>
  taught === modality.taught ? modality : { ...modality, taught };

/**
 * Takes a label's samples into the prototypes. Idempotent by label id. A class that is not known yet is made.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH or ERR_NOT_FINITE for a broken representation; the state is then unchanged.
 */
export function learn(
  state: ClassifierState,
  label: TaughtLabel,
  samples: readonly Representation[],
): ClassifierState {
  const classId = label.classId ?? '';
  const added = lessonsOf(label, samples, state.width);
  const clean = forgetLabel(state, label.id);
  const isNew = label.kind === 'class' && !clean.classIds.includes(classId);
  const teach = (modality: ModalityState, exemplars: readonly Exemplar[]): ModalityState =>
    taughtAs(modality, withExemplars(modality.taught, label.kind, classId, exemplars));
  return {
    ...clean,
    appliedSeq: Math.max(clean.appliedSeq, label.seq),
    classIds: isNew ? [...clean.classIds, classId] : clean.classIds,
    audio: teach(clean.audio, added.audio),
    video: teach(clean.video, added.video),
  };
}

/** Takes everything back that a label taught. The same state if it taught nothing. */
export function forgetLabel(state: ClassifierState, labelId: string): ClassifierState {
  const audio = taughtAs(state.audio, withoutLabel(state.audio.taught, labelId));
  const video = taughtAs(state.video, withoutLabel(state.video.taught, labelId));
  return audio === state.audio && video === state.video ? state : { ...state, audio, video };
}

/** Makes these the classes, in this order; what was taught of others goes. */
export function setClasses(state: ClassifierState, classIds: readonly string[]): ClassifierState {
  return {
    ...state,
    classIds: [...classIds],
    audio: taughtAs(state.audio, withClasses(state.audio.taught, classIds)),
    video: taughtAs(state.video, withClasses(state.video.taught, classIds)),
  };
}

/** Says up to which journal entry the state is (an undo or a class edit moves it too). */
export function withAppliedSeq(state: ClassifierState, seq: number): ClassifierState {
  return { ...state, appliedSeq: seq };
}
