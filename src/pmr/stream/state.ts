/**
 * PMR-stream's state, and how one labelled span and one round move it: the rules in their order.
 *
 * A pure fold over what the journal holds of each label from before it was learned. Nothing of the wall clock.
 */
import type { PerModality } from '../../model/evidence.ts';
import { earlyAfter } from './early.ts';
import { type Guard, guardAfter, guardOnPush, isGuarded, UNGUARDED } from './guard.ts';
import { type ClassScores, type Imbalance, imbalanceOf, NO_SCORES, withScores } from './imbalance.ts';
import { type Mode, nextMode } from './mode.ts';
import { NOTHING_WATCHED, type Watch, watchAfter, watchPromoted, watchRolledBack } from './rollback.ts';
import type { StreamSettings } from './settings.ts';

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
};

export const STREAM_START: StreamState = {
  scores: NO_SCORES,
  imbalance: { rho: null, beta: 0, gamma: 0 },
  mode: 'balanced',
  guard: UNGUARDED,
  early: 0,
  watch: NOTHING_WATCHED,
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
  return samples.reduce((state, sample) => sampleScored(state, label.classId, sample, settings), {
    ...old,
    watch,
  });
}

/** A round is about to run. @param pushes whether its policy acts on the mode. */
export function roundBegan(old: StreamState, pushes: boolean): StreamState {
  return pushes ? { ...old, guard: guardOnPush(old.guard, old.mode) } : old;
}

export const versionPromoted = (old: StreamState): StreamState => ({
  ...old,
  watch: watchPromoted(old.watch),
});
export const versionRolledBack = (old: StreamState): StreamState => ({
  ...old,
  watch: watchRolledBack(old.watch),
});

/** What a round is to do: the state, as a policy reads it. */
export type RoundPlan = Imbalance & {
  /** `unknown`: too little was scored. `guarded`: a weak modality is not pushed, for `reason`. */
  readonly mode: Mode | 'unknown' | 'guarded';
  readonly early: boolean;
  /** In words. */
  readonly reason: string;
};

const ratio = (value: number): string => value.toFixed(2);

function reasonOf(mode: RoundPlan['mode'], { rho }: Imbalance, guard: Guard): string {
  switch (mode) {
    case 'unknown':
      return 'too few scored labels to compare sound and picture';
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

/** Nothing is pushed while the guard forbids it. */
export function planOf({ imbalance, mode: measured, guard, early }: StreamState): RoundPlan {
  const mode = imbalance.rho === null ? 'unknown' : isGuarded(guard, measured) ? 'guarded' : measured;
  const push = mode === 'guarded' ? { beta: 0, gamma: 0 } : {};
  return { ...imbalance, ...push, mode, early: early > 0, reason: reasonOf(mode, imbalance, guard) };
}
