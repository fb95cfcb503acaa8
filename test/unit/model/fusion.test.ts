import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type FusionInput, fuse, reliability } from '../../../src/model/fusion.ts';
import type { Opinion } from '../../../src/model/prototypes.ts';

/** An opinion with these probabilities; null: no prototype. */
function opinionWith(probabilities: readonly (number | null)[], far = false): Opinion {
  const logs = probabilities.map((p) => (p === null ? null : Math.log(p)));
  const filled = probabilities.map((p) => p ?? 0);
  return { probabilities: filled, logs, nearest: filled.indexOf(Math.max(...filled)), distance: 0.5, far };
}

const input = (change: Partial<FusionInput>): FusionInput => ({
  classes: 3,
  opinions: { audio: opinionWith([0.7, 0.2, 0.1]), video: opinionWith([0.3, 0.5, 0.2]) },
  accuracy: { audio: null, video: null },
  head: null,
  ...change,
});

const normalizedOf = (values: readonly number[]): number[] => {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
};

const expectClose = (seen: readonly number[], expected: readonly number[]): void => {
  expect(seen).toHaveLength(expected.length);
  seen.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 12);
  });
};

describe('reliability', () => {
  it('is how much better than chance, at least a whisper, half while not known', () => {
    expect(reliability(1, 4)).toBe(1);
    expect(reliability(0.5, 4)).toBeCloseTo((0.5 - 0.25) / 0.75, 12);
    expect(reliability(0.1, 4)).toBe(0.05);
    expect(reliability(null, 4)).toBe(0.5);
    expect(reliability(1, 1)).toBe(0.5);
  });
});

describe('fuse', () => {
  it('is the weighted geometric mean of both, renormalized', () => {
    const { probabilities, weights, winner } = fuse(input({ accuracy: { audio: 1, video: 2 / 3 } }));
    // reliabilities 1 and (2/3 - 1/3) / (2/3) = 1/2
    expect(weights.audio).toBeCloseTo(2 / 3, 12);
    expect(weights.video).toBeCloseTo(1 / 3, 12);
    const product = [0, 1, 2].map((k) => [0.7, 0.2, 0.1][k]! ** (2 / 3) * [0.3, 0.5, 0.2][k]! ** (1 / 3));
    expectClose(probabilities, normalizedOf(product));
    expect(winner).toBe(0);
  });

  it('mixes the head in by g', () => {
    const logits = { audio: [1, 0, 0], video: [0, 2, 0], bias: [0, 0, 0.5] };
    const { probabilities, gate } = fuse(input({ head: { logits, gate: 0.25 } }));
    const head = normalizedOf([Math.exp(1), Math.exp(2), Math.exp(0.5)]);
    const product = [0, 1, 2].map(
      (k) => head[k]! ** 0.25 * ([0.7, 0.2, 0.1][k]! ** 0.5 * [0.3, 0.5, 0.2][k]! ** 0.5) ** 0.75,
    );
    expectClose(probabilities, normalizedOf(product));
    expect(gate).toBe(0.25);
  });

  it('splits the winner’s lead: contributions and the bias add up to it', () => {
    const logits = { audio: [1, 0, 0], video: [0, 2, 0], bias: [0, 0, 0] };
    const { probabilities, winner, contributions } = fuse(input({ head: { logits, gate: 0.5 } }));
    const logs = probabilities.map(Math.log);
    const lead = logs[winner ?? 0]! - logs.reduce((sum, log) => sum + log, 0) / 3;
    expect(contributions.audio + contributions.video).toBeCloseTo(lead, 12);
  });

  it('lets one modality answer alone, without the head', () => {
    const audio = opinionWith([0.7, 0.2, 0.1]);
    const logits = { audio: [0, 9, 0], video: [0, 9, 0], bias: [0, 0, 0] };
    const fusion = fuse(input({ opinions: { audio, video: null }, head: { logits, gate: 1 } }));
    expectClose(fusion.probabilities, [0.7, 0.2, 0.1]);
    expect(fusion).toMatchObject({ gate: 0, weights: { audio: 1, video: 0 }, contributions: { video: 0 } });
  });

  it('gives a class without a prototype in one modality that modality’s mean term', () => {
    const opinions = { audio: opinionWith([0.5, 0.3, 0.2]), video: opinionWith([0.9, 0.1, null]) };
    const neutral = Math.sqrt(0.9 * 0.1);
    const product = [Math.sqrt(0.5 * 0.9), Math.sqrt(0.3 * 0.1), Math.sqrt(0.2 * neutral)];
    expectClose(fuse(input({ opinions })).probabilities, normalizedOf(product));
  });

  it('gives 0 to a class that nobody was taught', () => {
    const opinions = { audio: opinionWith([0.6, null, 0.4]), video: opinionWith([0.5, null, 0.5]) };
    const { probabilities } = fuse(input({ opinions }));
    expect(probabilities[1]).toBe(0);
    expect((probabilities[0] ?? 0) + (probabilities[2] ?? 0)).toBeCloseTo(1, 12);
  });

  it('is unknown only when all that speak are far, or nobody does', () => {
    const near = opinionWith([1, 0.5, 0.5]);
    const far = opinionWith([1, 0.5, 0.5], true);
    const unknown = (audio: Opinion | null, video: Opinion | null) =>
      fuse(input({ opinions: { audio, video } })).unknown;
    expect(unknown(far, far)).toBe(true);
    expect(unknown(far, null)).toBe(true);
    expect(unknown(far, near)).toBe(false);
    expect(unknown(near, null)).toBe(false);
    expect(fuse(input({ opinions: { audio: null, video: null } }))).toMatchObject({
      unknown: true,
      winner: null,
      probabilities: [0, 0, 0],
    });
  });

  it('sums to 1 and mirrors when the modalities are swapped', () => {
    const p = fc.array(fc.double({ min: 1e-9, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    const accuracy = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(p, p, accuracy, accuracy, (a, v, accuracyA, accuracyV) => {
        const [audio, video] = [opinionWith(normalizedOf(a)), opinionWith(normalizedOf(v))];
        const plain = fuse(
          input({ opinions: { audio, video }, accuracy: { audio: accuracyA, video: accuracyV } }),
        );
        const swapped = fuse(
          input({
            opinions: { audio: video, video: audio },
            accuracy: { audio: accuracyV, video: accuracyA },
          }),
        );
        expect(swapped.probabilities).toEqual(plain.probabilities);
        expect(swapped.contributions.audio).toBe(plain.contributions.video);
        expect(swapped.weights.audio).toBe(plain.weights.video);
        expect(plain.probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});
