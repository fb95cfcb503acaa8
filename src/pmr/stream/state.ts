/**
 * PMR-stream's state, and how one labelled span and one round move it: the rules in their order.
 *
 * A pure fold over what the journal holds of each label from before it was learned. Nothing of the wall clock.
 */
import type { PerModality } from '../../model/evidence.ts';
import { earlyAfter } from './early.ts';
import {
  type Guard,
  guardAccuracies,
  guardAfter,
  guardOnPush,
  isAtChance,
  isGuarded,
  UNGUARDED,
} from './guard.ts';
import { type ClassScores, type Imbalance, imbalanceOf, NO_SCORES, withScores } from './imbalance.ts';
import { type Mode, nextMode } from './mode.ts';
import { NOTHING_WATCHED, type Watch, watchAfter, watchPromoted, watchRolledBack } from './rollback.ts';
import { STREAM, type StreamSettings } from './settings.ts';

/** What one modality believed of a labelled window before the label was learned. */
export type SideScore = {
  /** Prototype score of the label's class. */
  readonly score: number;
  /** Whether it named the label's class. */
  readonly hit: boolean;
};

/** One labelled span as it was scored. A side is null where the modality was no evidence or had no prototype of the class. */
export type ScoredLabel = {
  readonly classId: string;
  readonly samples: readonly (PerModality<SideScore | null> & { readonly fused: boolean })[];
};

export type StreamState = {
  readonly scores: ClassScores;
  readonly imbalance: Imbalance;
  readonly mode: Mode;
  readonly guard: Guard;
  /** Samples for which it is still early. */
  readonly early: number;
  readonly watch: Watch;
  /** Whether the served version has been scored: a push follows from what serves, not from what served before. */
  readonly fresh: boolean;
};

export const STREAM_START: StreamState = {
  scores: NO_SCORES,
  imbalance: { rho: null, beta: 0, gamma: 0 },
  mode: 'balanced',
  guard: UNGUARDED,
  early: 0,
  watch: NOTHING_WATCHED,
  fresh: true,
};

type ScoredSample = ScoredLabel['samples'][number];

function sampleScored(
  old: StreamState,
  classId: string,
  { audio, video }: ScoredSample,
  settings: StreamSettings,
): StreamState {
  const early = earlyAfter(old.early, !old.scores.has(classId), settings);
  const sides = { audio: audio?.score ?? null, video: video?.score ?? null };
  const scores = withScores(old.scores, classId, sides, settings);
  const imbalance = imbalanceOf(scores, settings);
  const mode = nextMode(old.mode, imbalance.rho, settings);
  const hits = { audio: audio?.hit ?? null, video: video?.hit ?? null };
  const guard = guardAfter(old.guard, { hits, mode, classes: scores.size }, settings);
  return { ...old, early, scores, imbalance, mode, guard };
}

function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / most)]).filter(
    (item) => item !== undefined,
  );
}

/** With one more label, scored before it was learned. A class that no modality knew yet says nothing of a version. */
export function labelScored(old: StreamState, label: ScoredLabel, settings: StreamSettings): StreamState {
  const samples = evenly(label.samples, settings.samplesPerLabel);
  const known = label.samples.filter(({ audio, video }) => audio ?? video);
  const right = known.filter(({ fused }) => fused).length;
  const watch = known.length === 0 ? old.watch : watchAfter(old.watch, right / known.length, settings);
  const before: StreamState = { ...old, watch, fresh: true };
  return samples.reduce((state, sample) => sampleScored(state, label.classId, sample, settings), before);
}

/** A round is about to run. @param pushes whether its policy acts on the mode. */
export function roundBegan(old: StreamState, pushes: boolean): StreamState {
  return pushes && old.fresh ? { ...old, guard: guardOnPush(old.guard, old.mode) } : old;
}

export const versionPromoted = (old: StreamState): StreamState => ({
  ...old,
  watch: watchPromoted(old.watch),
  fresh: false,
});
export const versionRolledBack = (old: StreamState): StreamState => ({
  ...old,
  watch: watchRolledBack(old.watch),
  fresh: false,
});

/** What a round is to do: the state, as a policy reads it. */
export type RoundPlan = Imbalance & {
  /** `unknown`: too little was scored, or nothing of what serves. `guarded`: a weak modality is not pushed, for `reason`. */
  readonly mode: Mode | 'unknown' | 'guarded';
  readonly early: boolean;
  /** Modalities that are nearly always right: their encoders have nothing to learn from what is labelled now. */
  readonly mastered: PerModality<boolean>;
  /** Modalities that are not to be pushed, whatever says that they are weak: paused by the guard, or not known to beat chance. */
  readonly blocked: PerModality<boolean>;
  /** In words. */
  readonly reason: string;
};

const ratio = (value: number): string => value.toFixed(2);

function reasonOf(mode: RoundPlan['mode'], { imbalance: { rho }, guard }: StreamState): string {
  switch (mode) {
    case 'unknown':
      return rho === null
        ? 'too few scored labels to compare sound and picture'
        : 'the version that serves now has not been scored yet';
    case 'guarded':
      return `not pushed: ${guard.reason}`;
    case 'balanced':
      return `sound scores ${ratio(rho ?? 1)} times the picture: balanced`;
    case 'audio-weak':
      return `sound scores only ${ratio(rho ?? 1)} times the picture: sound is pushed`;
    case 'video-weak':
      return `sound scores ${ratio(rho ?? 1)} times the picture: the picture is pushed`;
  }
}

function modeOf({ imbalance, mode, guard, fresh }: StreamState): RoundPlan['mode'] {
  if (imbalance.rho === null || !fresh) return 'unknown';
  return isGuarded(guard, mode) ? 'guarded' : mode;
}

/** Over a whole window of the guard. */
function masteredBy(
  { guard }: StreamState,
  { guardWindow, masteredAt }: StreamSettings,
): RoundPlan['mastered'] {
  const accuracies = guardAccuracies(guard);
  const of = (side: 'audio' | 'video'): boolean =>
    guard.hits[side].length >= guardWindow && accuracies[side] >= masteredAt;
  return { audio: of('audio'), video: of('video') };
}

/** By scores nothing is pushed while the guard forbids it, or before the served version has been scored. */
export function planOf(state: StreamState, settings: StreamSettings = STREAM): RoundPlan {
  const { imbalance, early } = state;
  const mode = modeOf(state);
  const push = mode === 'guarded' || mode === 'unknown' ? { beta: 0, gamma: 0 } : {};
  const { guard, scores } = state;
  const isBlocked = (side: 'audio' | 'video'): boolean =>
    guard.pause[side] > 0 || isAtChance(guard, side, scores.size, settings);
  return {
    ...imbalance,
    ...push,
    mode,
    early: early > 0,
    mastered: masteredBy(state, settings),
    blocked: { audio: isBlocked('audio'), video: isBlocked('video') },
    reason: reasonOf(mode, state),
  };
}
