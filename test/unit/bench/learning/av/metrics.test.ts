import { describe, expect, it } from 'vitest';
import {
  fadingCurve,
  gapClosed,
  isHarmful,
  labelsToRecover,
  meanUpTo,
  pairedChange,
  shareOf,
} from '../../../../bench/learning/av/metrics.ts';

const times = (count: number, hit: boolean): boolean[] => Array<boolean>(count).fill(hit);

describe('shareOf', () => {
  it('leaves out what was not asked', () => {
    expect(shareOf([true, null, false, true, null])).toBe(2 / 3);
  });

  it('is null where nothing was asked', () => {
    expect(shareOf([null])).toBeNull();
    expect(shareOf([])).toBeNull();
  });
});

describe('fadingCurve', () => {
  it('fades older answers', () => {
    expect(fadingCurve([true, false, true], 0.5)).toEqual([1, 0.5 / 1.5, 1.25 / 1.75]);
  });

  it('stays where nothing was asked', () => {
    expect(fadingCurve([null, true, null], 0.5)).toEqual([null, 1, 1]);
  });
});

describe('labelsToRecover', () => {
  it('is 0 where the share never falls by more than two points', () => {
    expect(labelsToRecover(times(100, true), 60)).toBe(0);
  });

  it('counts labels until the share is back for good', () => {
    // 1 before; after n wrong and m right answers of factor 0.98 it is 1 - 0.98^m (1 - 0.98^n) of a weight that is full.
    const hits = [...times(600, true), ...times(10, false), ...times(200, true)];
    const lost = 1 - 0.98 ** 10;
    const back = Math.ceil(Math.log(0.02 / lost) / Math.log(0.98));
    expect(labelsToRecover(hits, 600)).toBe(10 + back - 1);
  });

  it('counts from the last fall, not from the first return', () => {
    const once = [...times(600, true), ...times(5, false), ...times(200, true)];
    const twice = [...once, ...times(5, false), ...times(200, true)];
    const first = labelsToRecover(once, 600) ?? 0;
    expect(labelsToRecover(twice, 600)).toBeGreaterThan(first + 100);
  });

  it('is null where the share is still away at the end, or nothing came before', () => {
    expect(labelsToRecover([...times(100, true), ...times(20, false)], 100)).toBeNull();
    expect(labelsToRecover(times(20, true), 0)).toBeNull();
  });
});

describe('gapClosed', () => {
  it('is the share of the gap that is won back', () => {
    expect(gapClosed(0.7, 0.6, 0.8)).toBeCloseTo(0.5, 12);
    expect(gapClosed(0.5, 0.6, 0.8)).toBeCloseTo(-0.5, 12);
  });

  it('is null where joint training leaves no gap', () => {
    expect(gapClosed(0.7, 0.8, 0.805)).toBeNull();
  });
});

describe('pairedChange', () => {
  it('counts those that changed sides', () => {
    const change = pairedChange([true, true, false, false], [true, false, false, false]);
    expect(change.change).toBe(-1 / 4);
    // Steps 0, -1, 0, 0: variance ((3 (1/4)^2 + (3/4)^2) / 3) = 1/4.
    expect(change.half).toBeCloseTo(1.96 * Math.sqrt(1 / 4 / 4), 12);
    expect(change.samples).toBe(4);
  });

  it('is nothing where nothing changed', () => {
    expect(pairedChange([true, false], [true, false])).toEqual({ change: 0, half: 0, samples: 2 });
  });
});

describe('isHarmful', () => {
  const fell = (count: number, lost: number) =>
    pairedChange(times(count, true), [...times(lost, false), ...times(count - lost, true)]);

  it('wants more than a point and an interval without 0', () => {
    expect(isHarmful(fell(2000, 40))).toBe(true);
    expect(isHarmful(fell(2000, 20))).toBe(false); // a point exactly
    expect(isHarmful(fell(50, 1))).toBe(false); // two points, but of one window
  });

  it('does not mind a gain', () => {
    expect(isHarmful(pairedChange(times(100, false), times(100, true)))).toBe(false);
  });
});

describe('meanUpTo', () => {
  it('is the share of the first so many, null where there are fewer', () => {
    expect(meanUpTo([true, false, false, true], 2)).toBe(1 / 2);
    expect(meanUpTo([true], 2)).toBeNull();
  });
});
