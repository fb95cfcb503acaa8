/**
 * Rule 8, the guard against pushing noise: a modality that is at chance, or that pushing does not help, is not pushed
 * for a while, each time for longer. Without it a modality that carries nothing costs points (rebalancing towards noise).
 * Plain numbers; nothing of the wall clock.
 */
import type { PerModality } from '../../model/evidence.ts';
import { type Mode, weakOf } from './mode.ts';
import type { StreamSettings } from './settings.ts';

/** A stretch of pushing that must show that it helps. */
export type Trial = {
  readonly modality: 'audio' | 'video';
  readonly samples: number;
  /** The modality's accuracy when it began. */
  readonly from: number;
};

export type Guard = {
  /** Whether each modality's nearest prototype was right, newest last, at most `guardWindow` of them. */
  readonly hits: PerModality<readonly boolean[]>;
  /** Samples for which each modality is not pushed. */
  readonly pause: PerModality<number>;
  /** How often each was stopped since pushing it last helped. */
  readonly stops: PerModality<number>;
  readonly trial: Trial | null;
  /** Why a modality was stopped last, in words; empty before. */
  readonly reason: string;
};

export const UNGUARDED: Guard = {
  hits: { audio: [], video: [] },
  pause: { audio: 0, video: 0 },
  stops: { audio: 0, video: 0 },
  trial: null,
  reason: '',
};

const shareOf = (hits: readonly boolean[]): number =>
  hits.length === 0 ? 0 : hits.filter((hit) => hit).length / hits.length;

/** Accuracy of each modality over the window; 0 before the first sample. */
export function guardAccuracies({ hits }: Guard): PerModality<number> {
  return { audio: shareOf(hits.audio), video: shareOf(hits.video) };
}

/**
 * `1/K + 1.64 sqrt((1/K)(1 - 1/K) / n)`: what a modality at chance exceeds once in twenty. Infinite for `samples` 0: a
 * modality must have shown something to be pushed.
 */
export function chanceLimit(
  classes: number,
  samples: number,
  { guardDeviations }: Pick<StreamSettings, 'guardDeviations'>,
): number {
  if (samples === 0) return Number.POSITIVE_INFINITY;
  const chance = 1 / Math.max(1, classes);
  return chance + guardDeviations * Math.sqrt((chance * (1 - chance)) / samples);
}

/** Whether a modality has not shown that it knows more than chance. @param classes that have been scored. */
export function isAtChance(
  guard: Guard,
  modality: 'audio' | 'video',
  classes: number,
  settings: Pick<StreamSettings, 'guardDeviations'>,
): boolean {
  const hits = guard.hits[modality];
  return shareOf(hits) < chanceLimit(classes, hits.length, settings);
}

/** Whether the guard keeps this mode's weak modality from being pushed. */
export function isGuarded({ pause }: Guard, mode: Mode): boolean {
  const weak = weakOf(mode);
  return weak !== null && pause[weak] > 0;
}

const CALLED = { audio: 'sound', video: 'the picture' } as const;
const other = (modality: 'audio' | 'video'): 'audio' | 'video' => (modality === 'audio' ? 'video' : 'audio');

function stopped(
  guard: Guard,
  modality: 'audio' | 'video',
  reason: string,
  { guardPause, guardDoublings }: StreamSettings,
): Guard {
  const stops = guard.stops[modality];
  const length = guardPause * 2 ** Math.min(stops, guardDoublings);
  return {
    ...guard,
    pause: { ...guard.pause, [modality]: length },
    stops: { ...guard.stops, [modality]: stops + 1 },
    trial: null,
    reason,
  };
}

/** (ii): after its trial a pushed modality must have risen, or stand at half of the other one at least. */
function judged(guard: Guard, trial: Trial, settings: StreamSettings): Guard {
  const { guardTrial, guardGain, guardShare } = settings;
  if (trial.samples < guardTrial) return { ...guard, trial };
  const { modality, from } = trial;
  const accuracies = guardAccuracies(guard);
  const now = accuracies[modality];
  const helped = now - from >= guardGain || now >= guardShare * accuracies[other(modality)];
  if (!helped) return stopped(guard, modality, `pushing ${CALLED[modality]} did not help`, settings);
  return { ...guard, stops: { ...guard.stops, [modality]: 0 }, trial: { modality, samples: 0, from: now } };
}

function withHits(guard: Guard, hits: PerModality<boolean | null>, window: number): Guard {
  const side = (modality: 'audio' | 'video'): readonly boolean[] => {
    const hit = hits[modality];
    return hit === null ? guard.hits[modality] : [...guard.hits[modality], hit].slice(-window);
  };
  const left = ({ pause }: Guard, modality: 'audio' | 'video'): number => Math.max(0, pause[modality] - 1);
  return {
    ...guard,
    hits: { audio: side('audio'), video: side('video') },
    pause: { audio: left(guard, 'audio'), video: left(guard, 'video') },
  };
}

export type GuardedSample = {
  /** Whether each modality named the sample's class; null where it took no part. */
  readonly hits: PerModality<boolean | null>;
  /** The mode that the sample's scores gave. */
  readonly mode: Mode;
  /** Classes that have been scored: chance is one of them. */
  readonly classes: number;
};

/** The guard with one more sample. */
export function guardAfter(
  old: Guard,
  { hits, mode, classes }: GuardedSample,
  settings: StreamSettings,
): Guard {
  const guard = withHits(old, hits, settings.guardWindow);
  const weak = weakOf(mode);
  if (weak === null || guard.pause[weak] > 0) return { ...guard, trial: null };
  if (isAtChance(guard, weak, classes, settings)) {
    return stopped(guard, weak, `${CALLED[weak]} is at chance`, settings);
  }
  const { trial } = guard;
  if (trial?.modality !== weak) return { ...guard, trial: null };
  return judged(guard, { ...trial, samples: trial.samples + 1 }, settings);
}

/** The guard when a round that pushes is about to run: a trial begins, unless one is on. */
export function guardOnPush(guard: Guard, mode: Mode): Guard {
  const modality = weakOf(mode);
  if (modality === null || guard.pause[modality] > 0 || guard.trial?.modality === modality) return guard;
  return { ...guard, trial: { modality, samples: 0, from: guardAccuracies(guard)[modality] } };
}
