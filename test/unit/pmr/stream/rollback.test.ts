import { describe, expect, it } from 'vitest';

import {
  declineOf,
  NOTHING_WATCHED,
  type Watch,
  watchAfter,
  watchedShare,
  watchPromoted,
  watchRolledBack,
} from '../../../../src/pmr/stream/rollback.ts';
import { STREAM } from '../../../../src/pmr/stream/settings.ts';

const labels = (watch: Watch, count: number, share: number): Watch =>
  Array.from({ length: count }).reduce<Watch>((old) => watchAfter(old, share, STREAM), watch);

describe('watchAfter', () => {
  it('fades by 0.98 a label', () => {
    const watch = labels(labels(NOTHING_WATCHED, 1, 1), 1, 0.5);
    expect(watchedShare(watch)).toBeCloseTo((0.98 * 1 + 0.5) / (0.98 + 1), 12);
    expect(watch.labels).toBe(2);
    expect(watchedShare(NOTHING_WATCHED)).toBeNull();
  });
});

describe('declineOf', () => {
  const promoted = watchPromoted(labels(NOTHING_WATCHED, 200, 0.9));

  it('finds an answer that has fallen below three deviations', () => {
    // 0.9 - 3 sqrt(0.87 * 0.13 / 50) = 0.757; p = (0.9 * 50 + 2) / 54
    const p = (0.9 * 50 + 2) / 54;
    const limit = 0.9 - 3 * Math.sqrt((p * (1 - p)) / 50);
    const fallen = labels(promoted, 12, 0);
    expect(watchedShare(fallen)).toBeLessThan(limit);
    expect(declineOf(fallen, STREAM)).toEqual({ before: promoted.atPromotion, now: watchedShare(fallen) });
  });

  it('is content with less', () => {
    expect(declineOf(labels(promoted, 40, 0.8), STREAM)).toBeNull();
  });

  it('waits for ten labels', () => {
    expect(declineOf(labels(promoted, 9, 0), STREAM)).toBeNull();
  });

  it('forgives a few mistakes after perfect answers', () => {
    const perfect = watchPromoted(labels(NOTHING_WATCHED, 200, 1));
    expect(declineOf(labels(labels(perfect, 7, 1), 3, 0), STREAM)).toBeNull();
    expect(declineOf(labels(perfect, 10, 0), STREAM)).not.toBeNull();
  });

  it('holds nothing against a version that was rolled back to, or that came before any label', () => {
    expect(declineOf(labels(watchRolledBack(promoted), 30, 0), STREAM)).toBeNull();
    expect(declineOf(labels(watchPromoted(NOTHING_WATCHED), 30, 0), STREAM)).toBeNull();
  });
});
