import { describe, expect, it } from 'vitest';

import { POLICIES } from '../../../src/training/policies/table.ts';
import { missingForTraining } from '../../../src/training/readiness.ts';
import { ratesFor, runRound, YOUNG_STEPS } from '../../../src/training/round.ts';
import { FIRST_RATES, LATER_RATES, rateAt, STARTER_RATES } from '../../../src/training/train.ts';
import { sampleOf } from '../../support/compute-windows.ts';
import { labelAt } from './labelled.ts';

const classes = ['door', 'cat', 'tap'].map((name) => ({ id: `id-${name}`, name, colour: '#000000' }));
const spans = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .flatMap(([name, count]) => Array.from({ length: count }, () => `id-${name}`))
    .map((classId, i) => labelAt(i + 1, classId));

describe('missingForTraining', () => {
  it('wants a second class', () => {
    expect(missingForTraining(classes, spans({ door: 5 }))).toBe(
      'a second taught class before encoders are trained',
    );
    expect(missingForTraining(classes, [])).toBe('a second taught class before encoders are trained');
  });

  it('wants three spans of every taught class and names what is missing', () => {
    expect(missingForTraining(classes, spans({ door: 1, cat: 3 }))).toBe(
      "2 more spans of 'door' before encoders are trained",
    );
    expect(missingForTraining(classes, spans({ door: 2, cat: 1, tap: 3 }))).toBe(
      "1 more span of 'door', 2 more spans of 'cat' before encoders are trained",
    );
  });

  it('is content with three spans each, whatever the classes that were never taught', () => {
    expect(missingForTraining(classes, spans({ door: 3, cat: 3 }))).toBeNull();
  });

  it('counts neither "not this" nor "unknown"', () => {
    const labels = [
      ...spans({ door: 3, cat: 2 }),
      labelAt(9, 'id-cat', { kind: 'not-class' }),
      labelAt(10, null),
    ];
    expect(missingForTraining(classes, labels)).toBe("1 more span of 'cat' before encoders are trained");
  });
});

describe('runRound', () => {
  const round = (
    labels: Parameters<typeof runRound>[0]['labels'],
    change: Partial<Parameters<typeof runRound>[0]> = {},
  ) =>
    runRound({
      base: { encoders: [], head: null, appliedSeq: 0, trainedSteps: 0 },
      classes,
      labels,
      lastSeq: 9,
      samplesOf: () => [],
      seed: 1,
      steps: 1,
      compile: () => Promise.reject(new Error('nothing may be compiled')),
      embed: () => [],
      onProgress: () => Promise.resolve(),
      ...change,
    });

  it('does nothing by a policy that trains nothing', async () => {
    expect(await round(spans({ door: 3, cat: 3 }), { policy: POLICIES.frozen })).toMatchObject({
      type: 'nothing',
      verdict: "the policy 'frozen' trains nothing",
    });
  });

  it('leaves a window out that has none of the policy’s senses', async () => {
    const mute = { policy: POLICIES['audio-only'], samplesOf: () => [sampleOf(0, 1, 'video')] };
    expect(await round(spans({ door: 3, cat: 3 }), mute)).toMatchObject({
      verdict: 'the labels hold no windows to train on and to judge by',
    });
    const both = { ...mute, samplesOf: () => [sampleOf(0, 1)] };
    await expect(round(spans({ door: 3, cat: 3 }), both)).rejects.toThrow();
  });

  it('does nothing, and compiles nothing, while spans are missing or hold no windows', async () => {
    expect(await round(spans({ door: 1, cat: 3 }))).toMatchObject({ type: 'nothing' });
    expect(await round(spans({ door: 3, cat: 3 }))).toEqual({
      type: 'nothing',
      verdict: 'the labels hold no windows to train on and to judge by',
      balance: { rho: null, beta: 0, gamma: 0 },
    });
  });
});

describe('ratesFor', () => {
  it('moves young encoders fast, a starter’s at half of that and grown ones carefully', () => {
    const base = { encoders: [], head: null, appliedSeq: 0 };
    expect(ratesFor({ ...base, trainedSteps: 0 })).toBe(FIRST_RATES);
    expect(ratesFor({ ...base, trainedSteps: YOUNG_STEPS - 1 })).toBe(FIRST_RATES);
    expect(ratesFor({ ...base, trainedSteps: YOUNG_STEPS })).toBe(LATER_RATES);
    expect(ratesFor({ ...base, trainedSteps: YOUNG_STEPS, pretrained: true })).toBe(STARTER_RATES);
  });
});

describe('rateAt', () => {
  it('rises over the warm-up, then falls along a cosine to its last share', () => {
    const plan = { rate: 0.01, warmup: 10, lastShare: 0.1 };
    expect(rateAt(plan, 0, 100)).toBeCloseTo(0.01 / 10, 6);
    expect(rateAt(plan, 50, 100)).toBeCloseTo(0.01 * (0.1 + 0.9 / 2), 6);
    expect(rateAt(plan, 100, 100)).toBeCloseTo(0.01 * 0.1, 6);
  });
});
