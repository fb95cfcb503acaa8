import { describe, expect, it } from 'vitest';

import { explained, prototypeAccuracy, readOut } from '../../../src/pretraining/probe.ts';
import { drawProbe, type ProbeSize, probeScores } from '../../../src/pretraining/probing.ts';
import { random } from '../../../src/random.ts';
import { TINY } from './tiny-material.ts';

const source = random(4);
const noisy = (centre: readonly number[], noise: number): Float32Array =>
  Float32Array.from(centre, (value) => value + noise * source.normal());

describe('prototypeAccuracy', () => {
  const centres = [
    [3, 0, 0],
    [0, 3, 0],
    [0, 0, 3],
  ];
  it('is 1 for things far apart, and chance for things that are alike', () => {
    const apart = centres.map((centre) => Array.from({ length: 8 }, () => noisy(centre, 0.1)));
    expect(prototypeAccuracy(apart, 5)).toBe(1);
    const alike = centres.map(() => Array.from({ length: 400 }, () => noisy([0, 0, 0], 1)));
    expect(prototypeAccuracy(alike, 5)).toBeCloseTo(1 / 3, 1);
  });

  it('counts dimensions by their deviation, not their size', () => {
    const things = centres.map((centre) =>
      Array.from({ length: 8 }, () => {
        const row = noisy([...centre, 0], 0.1);
        return row.map((value, d) => (d === 3 ? 100 * source.normal() : value));
      }),
    );
    expect(prototypeAccuracy(things, 5)).toBeGreaterThan(0.9);
  });
});

describe('readOut', () => {
  it('finds what is a straight line of the representation, offset included', () => {
    const rows = Array.from({ length: 200 }, () => noisy([0, 0, 0, 0], 1));
    const truth = rows.map((row) => 2 * (row[0] ?? 0) - (row[2] ?? 0) + 5);
    const [guesses = []] = readOut(rows.slice(0, 100), [truth.slice(0, 100)], rows.slice(100));
    expect(explained(guesses, truth.slice(100))).toBeGreaterThan(0.98);
  });

  it('finds nothing where there is nothing', () => {
    const rows = Array.from({ length: 400 }, () => noisy([0, 0], 1));
    const truth = rows.map(() => source.normal());
    const [guesses = []] = readOut(rows.slice(0, 200), [truth.slice(0, 200)], rows.slice(200));
    expect(explained(guesses, truth.slice(200))).toBeLessThan(0.1);
  });

  it('explains 0 by the mean and nothing of what does not vary', () => {
    expect(explained([2, 2], [1, 3])).toBe(0);
    expect(explained([1, 1], [1, 1])).toBeNaN();
  });
});

describe('probeScores', () => {
  const size: ProbeSize = { sets: 2, things: 3, labels: 2, asked: 2, fitted: 40 };

  it('draws the same probe from the same seed', () => {
    expect(drawProbe(TINY, 1, size).windows).toEqual(drawProbe(TINY, 1, size).windows);
    expect(drawProbe(TINY, 1, size).windows).not.toEqual(drawProbe(TINY, 2, size).windows);
  });

  it('is high for representations that say what the thing is', () => {
    const probe = drawProbe(TINY, 1, size);
    const compared = size.sets * size.things * (size.labels + size.asked);
    const rows = probe.windows.map((_, i) => {
      if (i < compared) {
        const thing = Math.floor(i / (size.labels + size.asked)) % size.things;
        return Float32Array.from({ length: 3 }, (_, d) => (d === thing ? 1 : 0));
      }
      const { kind = 0, measures = [] } = probe.lines[i - compared] ?? {};
      return Float32Array.of(kind, measures[0] ?? 0, measures[1] ?? 0);
    });
    const scores = probeScores(probe, rows);
    expect(scores.prototype).toBe(1);
    expect(scores.single).toBe(1);
    expect(scores.kind).toBeGreaterThan(0.95);
    expect(scores.measures).toBeGreaterThan(0.9);
  });
});
