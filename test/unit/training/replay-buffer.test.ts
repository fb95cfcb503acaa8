import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import type { EffectiveLabel, Sample } from '../../../src/journal.ts';
import { random } from '../../../src/random.ts';
import {
  type BufferLimits,
  batchesOf,
  fillReplayBuffer,
  heldBackSpans,
  type Labelled,
} from '../../../src/training/replay-buffer.ts';
import { labelAt } from './labelled.ts';

const sampleAt = (at: number): Sample => ({
  start: micros(at * 480_000),
  end: micros(at * 480_000 + 960_000),
  mel: null,
  rgb: null,
  older: null,
});

const LIMITS: BufferLimits = { perClass: 12, total: 1000, perSpan: 4, heldOutPerClass: 8 };
type Given = {
  readonly labels: readonly EffectiveLabel[];
  readonly samples?: number;
  readonly baseSeq?: number;
};

const fillFrom = ({ labels, samples = 4, baseSeq = 0 }: Given, limits = LIMITS) =>
  fillReplayBuffer(
    {
      classIds: ['a', 'b', 'untaught'],
      labels,
      samplesOf: () => Array.from({ length: samples }, (_, i) => sampleAt(i)),
      baseSeq,
    },
    limits,
  );

const spans = (count: number, classId: string, from = 1): EffectiveLabel[] =>
  Array.from({ length: count }, (_, i) => labelAt(from + i, classId));
const seqsOf = (items: readonly Labelled[]): number[] => [...new Set(items.map(({ label }) => label.seq))];

describe('heldBackSpans', () => {
  it.each([
    [2, 0, 0], // two must train
    [3, 0, 1],
    [5, 1, 0], // the validation span judges
    [7, 1, 1],
    [10, 2, 1],
    [16, 4, 1],
    [20, 0, 5],
  ])('of %i training and %i validation spans is %i', (train, validation, expected) => {
    expect(heldBackSpans(train, validation)).toBe(expected);
  });

  it('grows by at most one with each span, so nothing held back was ever trained on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 60 }), (train, validation) => {
        const now = heldBackSpans(train, validation);
        expect(heldBackSpans(train + 1, validation)).toBeLessThanOrEqual(now + 1);
        expect(heldBackSpans(train, validation + 1)).toBeLessThanOrEqual(now);
      }),
    );
  });
});

describe('fillReplayBuffer', () => {
  it('holds back the newest span of a thin class and trains on the others', () => {
    const buffer = fillFrom({ labels: [...spans(3, 'a', 1), ...spans(3, 'b', 4)] });
    expect(buffer.classIds).toEqual(['a', 'b']);
    expect(buffer.byClass.map(seqsOf)).toEqual([
      [2, 1],
      [5, 4],
    ]);
    expect(seqsOf(buffer.heldOut)).toEqual([3, 6]);
    expect(buffer.thinClassIds).toEqual(['a', 'b', 'untaught']);
  });

  it('judges by the validation split alone once it has ten samples of a class', () => {
    const validation = [7, 8, 9].map((seq) => labelAt(seq, 'a', { split: 'validation' }));
    const buffer = fillFrom(
      { labels: [...spans(6, 'a'), ...validation] },
      { ...LIMITS, heldOutPerClass: 40 },
    );
    expect(seqsOf(buffer.heldOut).sort()).toEqual([7, 8, 9]);
    expect(buffer.thinClassIds).not.toContain('a');
  });

  it('keeps labels of other kinds apart, and drops those of classes that are gone', () => {
    const labels = [
      ...spans(3, 'a'),
      labelAt(10, 'a', { kind: 'not-class' }),
      labelAt(11, 'gone', { kind: 'not-class' }),
      labelAt(12, null),
      labelAt(13, 'gone'),
    ];
    const buffer = fillFrom({ labels });
    expect(seqsOf(buffer.others)).toEqual([12, 10]);
    expect(buffer.byClass.flat().every(({ classId }) => classId === 'a')).toBe(true);
  });

  it('takes a long span evenly', () => {
    const buffer = fillFrom({ labels: spans(3, 'a'), samples: 100 });
    expect(buffer.byClass[0]?.slice(0, 4).map(({ index }) => index)).toEqual([12, 37, 62, 87]);
  });

  it('calls newest what came after the base', () => {
    const labels = [...spans(6, 'a', 1), ...spans(6, 'b', 7)];
    const buffer = fillFrom({ labels, baseSeq: 9 });
    expect(seqsOf(buffer.newest).every((seq) => seq > 9)).toBe(true);
    expect(buffer.newest.length).toBeGreaterThan(0);
  });

  const anyLabels = fc.array(
    fc.record({
      classId: fc.constantFrom('a', 'b', null),
      split: fc.constantFrom('train' as const, 'validation' as const),
    }),
    { maxLength: 60 },
  );

  it('keeps its capacity, and no span stands on both sides', () => {
    fc.assert(
      fc.property(anyLabels, fc.integer({ min: 1, max: 9 }), (given, samples) => {
        const labels = given.map(({ classId, split }, i) => labelAt(i + 1, classId, { split }));
        const buffer = fillFrom({ labels, samples });
        for (const items of buffer.byClass) expect(items.length).toBeLessThanOrEqual(LIMITS.perClass);
        expect(buffer.others.length).toBeLessThanOrEqual(LIMITS.perClass);
        const judging = new Set(seqsOf(buffer.heldOut));
        const training = seqsOf([...buffer.byClass.flat(), ...buffer.others]);
        expect(training.some((seq) => judging.has(seq))).toBe(false);
        expect(training.every((seq) => labels[seq - 1]?.split === 'train')).toBe(true);
      }),
    );
  });

  it('holds back nothing that an earlier round, with fewer labels, trained on', () => {
    fc.assert(
      fc.property(anyLabels, fc.nat(60), (given, cut) => {
        const labels = given.map(({ classId, split }, i) => labelAt(i + 1, classId, { split }));
        const roomy = { ...LIMITS, perClass: 1000, heldOutPerClass: 1000 };
        const trained = seqsOf(fillFrom({ labels: labels.slice(0, cut) }, roomy).byClass.flat());
        const judging = new Set(seqsOf(fillFrom({ labels }, roomy).heldOut));
        expect(trained.some((seq) => judging.has(seq))).toBe(false);
      }),
    );
  });
});

describe('batchesOf', () => {
  const batchOf = (labels: readonly EffectiveLabel[], baseSeq = 1000) =>
    batchesOf(fillFrom({ labels, baseSeq }), random(5));

  it('has every class equally often, however uneven the labels', () => {
    const next = batchOf([...spans(12, 'a', 1), ...spans(3, 'b', 20)]);
    for (let i = 0; i < 5; i++) {
      const batch = next();
      expect(batch.filter(({ classId }) => classId === 'a').length).toBe(16);
      expect(batch.filter(({ classId }) => classId === 'b').length).toBe(16);
    }
  });

  it('mixes in at most a quarter of the newest and an eighth of other kinds', () => {
    const labels = [...spans(9, 'a', 1), ...spans(9, 'b', 10), labelAt(30, null)];
    const batch = batchOf(labels, 12)();
    expect(batch.length).toBe(32);
    expect(batch.filter(({ classId }) => classId === null).length).toBeLessThanOrEqual(4);
  });

  it('draws the same batches for the same seed', () => {
    const labels = [...spans(5, 'a', 1), ...spans(5, 'b', 6)];
    const [one, other] = [batchOf(labels), batchOf(labels)];
    for (let i = 0; i < 4; i++) expect(one()).toEqual(other());
  });

  it('is empty without a labelled sample', () => {
    expect(batchOf([])()).toEqual([]);
  });
});
