/** Lags of the last minute: from a window's last captured sample to its answer's receipt, milliseconds. Pure. */

const KEPT = 250; // a minute at a 0.24 s hop

export type Lags = readonly number[];

export const addLag = (lags: Lags, lagMs: number): Lags => [...lags, lagMs].slice(-KEPT);

export type LagStatistics = {
  readonly count: number;
  readonly last: number;
  readonly p50: number;
  readonly p95: number;
};

/** Nearest-rank percentiles, or null where there is no lag yet. */
export function lagStatistics(lags: Lags): LagStatistics | null {
  const sorted = lags.toSorted((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  const last = lags.at(-1);
  return last === undefined ? null : { count: lags.length, last, p50: rank(0.5), p95: rank(0.95) };
}
