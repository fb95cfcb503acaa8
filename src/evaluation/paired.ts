/** Two policies on the same labels: how far one is ahead of the other, and how sure that is. Plain numbers. */

/** Shares of one label's windows that each answered rightly before it was learned, in [0, 1]. */
export type PairedScore = { readonly on: number; readonly off: number };

export type PairedComparison = {
  /** Labels behind the figures, the newest. */
  readonly labels: number;
  readonly onShare: number;
  readonly offShare: number;
  /** 95 % interval of the mean difference, on minus off. */
  readonly low: number;
  readonly high: number;
};

/** Newest labels that are compared: as many as the prequential score remembers, and a few more. */
export const COMPARED_LABELS = 60;

const NORMAL_95 = 1.96;

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Compares over the newest labels: `mean(d) ± 1.96 s / sqrt(n)` of the paired differences `d`. A label is one trial however
 * long it was held. With one label, or none, the interval is everything that is possible: -1 to 1.
 */
export function comparePaired(
  scores: readonly PairedScore[],
  newest: number = COMPARED_LABELS,
): PairedComparison {
  const counting = scores.slice(-newest);
  const differences = counting.map(({ on, off }) => on - off);
  const mean = meanOf(differences);
  const shares = {
    labels: counting.length,
    onShare: meanOf(counting.map(({ on }) => on)),
    offShare: meanOf(counting.map(({ off }) => off)),
  };
  if (counting.length < 2) return { ...shares, low: -1, high: 1 };
  const spread = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (counting.length - 1);
  const half = NORMAL_95 * Math.sqrt(spread / counting.length);
  return { ...shares, low: Math.max(-1, mean - half), high: Math.min(1, mean + half) };
}
