/**
 * Rule 9's second half: a served version is left when the answers, taken before each label, have clearly fallen below what
 * they were when it was promoted. Plain numbers.
 */
import type { StreamSettings } from './settings.ts';

/** The served version's answers so far. */
export type Watch = {
  /** Faded share of right fused answers over about `declineWindow` labels, and its weight (their faded count). */
  readonly right: number;
  readonly weight: number;
  /** What the share was when the version was promoted; null: it was not promoted by a round, or nothing had been scored. */
  readonly atPromotion: number | null;
  /** Labels scored since. */
  readonly labels: number;
};

export const NOTHING_WATCHED: Watch = { right: 0, weight: 0, atPromotion: null, labels: 0 };

/** The faded share; null before the first label. */
export const watchedShare = ({ right, weight }: Watch): number | null =>
  weight === 0 ? null : right / weight;

/** With one more label; `share` of its windows, in [0, 1], was answered rightly. */
export function watchAfter(
  watch: Watch,
  share: number,
  { declineWindow }: Pick<StreamSettings, 'declineWindow'>,
): Watch {
  const keep = 1 - 1 / declineWindow;
  return {
    ...watch,
    right: keep * watch.right + share,
    weight: keep * watch.weight + 1,
    labels: watch.labels + 1,
  };
}

/** From here on another version answers: what it must hold is what there is now. */
export function watchPromoted(watch: Watch): Watch {
  return { ...watch, atPromotion: watchedShare(watch), labels: 0 };
}

/** After a rollback nothing is held against the version that serves again. */
export const watchRolledBack = (watch: Watch): Watch => ({ ...watch, atPromotion: null, labels: 0 });

export type Decline = { readonly before: number; readonly now: number };

/**
 * Both shares when the faded one is below `p - 3 sqrt(p (1 - p) / 50)`, `p` its value at promotion; else null. The
 * deviation is that of `p` with two right and two wrong labels more (Agresti and Coull, 1998): at 1 it would be 0, and the
 * first mistake would end a version.
 */
export function declineOf(watch: Watch, settings: StreamSettings): Decline | null {
  const { declineWindow, declineDeviations, declineAfter } = settings;
  const { atPromotion: before, labels } = watch;
  const now = watchedShare(watch);
  if (before === null || now === null || labels < declineAfter) return null;
  const p = (before * declineWindow + 2) / (declineWindow + 4);
  const limit = before - declineDeviations * Math.sqrt((p * (1 - p)) / declineWindow);
  return now < limit ? { before, now } : null;
}
