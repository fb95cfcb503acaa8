/**
 * Rule 1's scale: what a modality's prototype distances are divided by, so that rho compares accuracy and not the size
 * of features. `tau = m / g`, `m` the running mean of each sample's median distance to all prototypes. Plain numbers.
 */
import type { StreamSettings } from './settings.ts';

/** The middle of the values, the mean of the two middle ones for an even count; null of nothing. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/**
 * The followed median distance with one more sample; the first sample's own where there was none.
 *
 * @param distances the sample's, to every prototype there is; without any nothing changes.
 */
export function followedDistance(
  old: number | null,
  distances: readonly number[],
  { tauMemory }: Pick<StreamSettings, 'tauMemory'>,
): number | null {
  const median = medianOf(distances);
  if (median === null) return old;
  return old === null ? median : tauMemory * old + (1 - tauMemory) * median;
}

/** Tau of a followed distance: 1, the paper's, while there is none or all of it is 0. */
export function tauOf(followed: number | null, { tauSpread }: Pick<StreamSettings, 'tauSpread'>): number {
  return followed === null || followed === 0 ? 1 : followed / tauSpread;
}
