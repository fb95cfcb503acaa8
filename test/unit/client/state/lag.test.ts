import { describe, expect, it } from 'vitest';
import { addLag, lagStatistics } from '../../../../client/state/lag.ts';

describe('lagStatistics', () => {
  it('gives nearest-rank percentiles', () => {
    const lags = Array.from({ length: 20 }, (_, i) => 20 - i);
    expect(lagStatistics(lags)).toEqual({ count: 20, last: 1, p50: 10, p95: 19 });
    expect(lagStatistics([])).toBeNull();
  });

  it('keeps a minute of hops', () => {
    let lags: readonly number[] = [];
    for (let i = 0; i < 300; i++) lags = addLag(lags, i);
    expect(lags).toHaveLength(250);
    expect(lags[0]).toBe(50);
  });
});
