/**
 * Rule 2: who is ahead, from scores that were taken before anything was learned from their labels, smoothed and class
 * by class alike, so that a burst of one class is no imbalance. Plain numbers.
 */
import type { PerModality } from '../../model/evidence.ts';
import { gradedPush, imbalanceRatio, type Push } from '../modulation.ts';
import type { StreamSettings } from './settings.ts';

/** A class's smoothed prototype score in one modality, and the samples behind it. */
export type Smoothed = { readonly score: number; readonly samples: number };
/** By class id. */
export type ClassScores = ReadonlyMap<string, PerModality<Smoothed>>;

export const NO_SCORES: ClassScores = new Map();
const NOTHING: Smoothed = { score: 0, samples: 0 };

/** Rho is null while too little is known; beta and gamma are then 0. */
export type Imbalance = Push & { readonly rho: number | null };

/** The mean of the first ten or so, then the old by lambda and the new by its rest; no score changes nothing. */
function smoothed(old: Smoothed, score: number | null, lambda: number): Smoothed {
  if (score === null) return old;
  const step = Math.max(1 / (old.samples + 1), 1 - lambda);
  return { score: old.score + step * (score - old.score), samples: old.samples + 1 };
}

/** With one more sample's prototype scores of its own class; null where a modality was no evidence or had no prototype. */
export function withScores(
  scores: ClassScores,
  classId: string,
  { audio, video }: PerModality<number | null>,
  { scoreMemory }: Pick<StreamSettings, 'scoreMemory'>,
): ClassScores {
  const old = scores.get(classId) ?? { audio: NOTHING, video: NOTHING };
  return new Map(scores).set(classId, {
    audio: smoothed(old.audio, audio, scoreMemory),
    video: smoothed(old.video, video, scoreMemory),
  });
}

const both = ({ audio, video }: PerModality<Smoothed>, samples: number): boolean =>
  audio.samples >= samples && video.samples >= samples;

/**
 * `rho = S_a / S_v`, `S` the mean of the smoothed scores over the classes that count; equation 11 outside the dead band.
 * Exchanging the modalities inverts rho and exchanges beta and gamma.
 */
export function imbalanceOf(
  scores: ClassScores,
  settings: Pick<StreamSettings, 'samplesToCount' | 'samplesToAct' | 'classesToAct' | 'deadBand'>,
): Imbalance {
  const { samplesToCount, samplesToAct, classesToAct, deadBand } = settings;
  const counting = [...scores.values()].filter((one) => both(one, samplesToCount));
  if (counting.filter((one) => both(one, samplesToAct)).length < classesToAct) {
    return { rho: null, beta: 0, gamma: 0 };
  }
  const sum = (modality: 'audio' | 'video'): number =>
    counting.reduce((total, one) => total + one[modality].score, 0);
  const rho = imbalanceRatio(sum('audio'), sum('video'));
  const push = Math.abs(Math.log(rho)) > deadBand ? gradedPush(rho) : { beta: 0, gamma: 0 };
  return { rho, ...push };
}
