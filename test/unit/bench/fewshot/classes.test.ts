import { describe, expect, it } from 'vitest';
import { HARD_CLASSES, HARD_LEVELS } from '../../../bench/fewshot/hard.ts';
import { steadyDraw } from '../../../bench/fewshot/steady.ts';

describe('HARD_CLASSES', () => {
  it('are 24 words of their own, each pair one shape in two motions, no look twice', () => {
    expect(new Set(HARD_CLASSES.map(({ name }) => name)).size).toBe(24);
    expect(new Set(HARD_CLASSES.map(({ shape, motion }) => `${shape} ${motion}`)).size).toBe(24);
    for (let i = 0; i < HARD_CLASSES.length; i += 2)
      expect(HARD_CLASSES[i]?.shape).toBe(HARD_CLASSES[i + 1]?.shape);
  });

  it('never turns a ring, which would not show', () => {
    const rings = HARD_CLASSES.filter(({ shape }) => shape === 'ring').map(({ motion }) => motion);
    expect(rings).not.toContain('clockwise');
    expect(rings).not.toContain('counter');
  });
});

describe('HARD_LEVELS', () => {
  it('grow harder in both senses', () => {
    const levels = Object.values(HARD_LEVELS).map(({ second }) => second);
    const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
    const noises = levels.map(({ noise }) => noise);
    const loudness = levels.map(({ snrDb }) => -snrDb[0]);
    expect([noises, loudness]).toEqual([sorted(noises), sorted(loudness)]);
  });
});

describe('steadyDraw', () => {
  const { train, test } = steadyDraw(2, { train: 2, test: 1 });

  it('gives the same windows for the same seed', () => {
    const again = steadyDraw(2, { train: 2, test: 1 });
    expect(again.train[0]?.[1]?.mel).toEqual(train[0]?.[1]?.mel);
    expect(again.test[1]?.[0]?.rgb).toEqual(test[1]?.[0]?.rgb);
  });

  it('tells its classes by mean colour and by the loudest band', () => {
    const colour = (rgb: Uint8Array | null | undefined) =>
      [0, 1, 2].map((c) => [...(rgb ?? [])].reduce((sum, value, i) => sum + (i % 3 === c ? value : 0), 0));
    const shares = train.map(([window]) => {
      const sums = colour(window?.rgb);
      const total = sums.reduce((sum, value) => sum + value, 0);
      return sums.map((value) => value / total);
    });
    const apart = (shares[0] ?? []).reduce(
      (sum, value, c) => sum + Math.abs(value - (shares[1]?.[c] ?? 0)),
      0,
    );
    expect(apart).toBeGreaterThan(0.15); // weights of the three channels differ by a sixth at least
    const loudest = train.map(([window]) => {
      const bands = new Float64Array(64);
      window?.mel?.forEach((value, i) => {
        bands[i % 64] = (bands[i % 64] ?? 0) + value;
      });
      return bands.indexOf(Math.max(...bands));
    });
    expect(loudest[1]).not.toBe(loudest[0]);
  });
});
