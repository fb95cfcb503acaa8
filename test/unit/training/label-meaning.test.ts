/** What a label names is what it trains: the other sense's prototype, buffer, loss and judges never hear of it. */
import { describe, expect, it } from 'vitest';

import type { Scope } from '../../../proto/messages.ts';
import { openBackend } from '../../../server/compute/backend.ts';
import { eager } from '../../../server/compute/compiled.ts';
import type { Sample } from '../../../src/journal.ts';
import { answer } from '../../../src/model/answer.ts';
import {
  audioEncoder,
  initWeights,
  REPRESENTATION_WIDTH,
  videoEncoder,
} from '../../../src/model/encoders.ts';
import { random } from '../../../src/random.ts';
import { AUGMENTATION } from '../../../src/training/batch.ts';
import { heldOutOf } from '../../../src/training/gate.ts';
import { type Embed, judgeModel, taughtState } from '../../../src/training/judging.ts';
import { JOINT_WEIGHTS } from '../../../src/training/policies/policy.ts';
import { fillReplayBuffer, type Labelled } from '../../../src/training/replay-buffer.ts';
import { FIRST_RATES, type TrainingPlan, train } from '../../../src/training/train.ts';
import { sampleOf } from '../../support/compute-windows.ts';
import { labelAt, labelled } from './labelled.ts';

/** Representations that tell the classes apart by ear and by eye, made without encoders. */
const embed: Embed = (_, samples) =>
  samples.map(({ mel, rgb }) => ({
    zAudio: mel && Float32Array.from({ length: REPRESENTATION_WIDTH }, (_, d) => mel[d % 64] ?? 0),
    zVideo: rgb && Float32Array.from({ length: REPRESENTATION_WIDTH }, (_, d) => rgb[d * 288] ?? 0),
  }));

/** As the journal keeps it: without the side that the label does not speak of. */
const inScope = (sample: Sample, scope: Scope): Sample => ({
  ...sample,
  mel: scope === 'video' ? null : sample.mel,
  rgb: scope === 'audio' ? null : sample.rgb,
  older: scope === 'audio' ? null : sample.older,
});

function given(kind: number, seq: number, scope: Scope): Labelled {
  const item = labelled(kind, seq, { scope });
  return { ...item, sample: inScope(item.sample, scope) };
}

const both = [1, 2, 3, 4, 5, 6].map((seq) => given(seq % 2, seq, 'both'));
/** Sound of class 0; the picture before the lens was that of class 1, and is not meant. */
const heardOnly: Labelled = {
  ...labelled(0, 9, { scope: 'audio' }),
  sample: { ...sampleOf(0, 9), ...pictureOf(1) },
};

function pictureOf(kind: number): Pick<Sample, 'rgb' | 'older'> {
  const { rgb, older } = sampleOf(kind, 9);
  return { rgb, older };
}

const stateOf = (items: readonly Labelled[]) =>
  taughtState({
    ...{ encoders: [], head: null, heldOut: null, classIds: ['class-0', 'class-1'] },
    ...{ items, appliedSeq: 9, embed },
  });

describe('a label of the sound', () => {
  it('moves the prototypes of the sound and leaves those of the picture as they are', () => {
    const [without, having] = [stateOf(both), stateOf([...both, heardOnly])];
    expect(having.video).toEqual(without.video);
    expect(having.audio.taught.positives.get('class-0')).toHaveLength(4);
    expect(without.audio.taught.positives.get('class-0')).toHaveLength(3);
  });

  it('is judged by ear alone when it is held out', () => {
    const labels = [
      ...[1, 2, 3, 4, 5, 6].map((seq) => labelAt(seq, `class-${seq % 2}`)),
      labelAt(7, 'class-0', { scope: 'audio', split: 'validation' }),
    ];
    const samplesOf = (seq: number): readonly Sample[] =>
      seq === 7 ? [heardOnly.sample] : [sampleOf(seq % 2, seq)];
    const buffer = fillReplayBuffer({ classIds: ['class-0', 'class-1'], labels, samplesOf, baseSeq: 0 });
    const { judged } = judgeModel({ encoders: [], head: null, buffer, embed });
    const heard = judged.filter(({ video }) => video === null);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ classId: 'class-0', audio: true, fused: true });
    expect(heldOutOf(heard).video).toBe(heldOutOf([]).video); // says nothing of the picture
  });
});

describe('training', () => {
  /** One step of the real encoders on a buffer. */
  async function stepOn(items: readonly Labelled[], others: readonly Labelled[] = []) {
    await openBackend('eager');
    const source = random(3);
    const encoders = [...initWeights(audioEncoder, source), ...initWeights(videoEncoder, source)];
    const buffer = {
      ...{ classIds: ['class-0', 'class-1'], others, newest: [], heldOut: [], thinClassIds: [] },
      byClass: [0, 1].map((kind) => items.filter(({ classId }) => classId === `class-${kind}`)),
    };
    const schedule = {
      frozen: [],
      weightsAt: () => ({ ...JOINT_WEIGHTS, uniModal: 0.5, alpha: 1, beta: 1, gamma: 1 }),
    };
    const plan: TrainingPlan = {
      ...{ steps: 2, rates: FIRST_RATES, schedule, augmentation: AUGMENTATION },
      gradients: 'summed',
      centres: 'batch-means',
    };
    const trained = await train({
      ...{ compile: async (_: string, fn: Parameters<typeof eager>[0]) => eager(fn), buffer, plan, seed: 1 },
      ...{ encoders, head: null, anchors: null, onStep: async () => undefined },
    });
    const moved = (prefix: string): boolean =>
      trained.encoders.some(
        ({ name, values }) =>
          name.startsWith(prefix) &&
          values.some((value, i) => value !== encoders.find((one) => one.name === name)?.values[i]),
      );
    return { trained, moved };
  }

  it('on labels of the sound alone moves no weight of the picture, and the other way round', async () => {
    const heard = await stepOn([0, 1].map((kind) => labelled(kind, kind + 1, { scope: 'audio' })));
    expect([heard.moved('audio/'), heard.moved('video/')]).toEqual([true, false]);
    const seen = await stepOn([0, 1].map((kind) => labelled(kind, kind + 1, { scope: 'video' })));
    expect([seen.moved('audio/'), seen.moved('video/')]).toEqual([false, true]);
  });

  it('on "unknown" and "not this" makes no class of them: the head has the taught classes and no more', async () => {
    const unknown = labelled(2, 7, { kind: 'unknown', classId: null });
    const not = labelled(3, 8, { kind: 'not-class', classId: 'class-0' });
    const { trained } = await stepOn(both, [
      { ...unknown, classId: null },
      { ...not, classId: 'class-0' },
    ]);
    expect(trained.head.classIds).toEqual(['class-0', 'class-1']);
  });
});

describe('"unknown" and "not this"', () => {
  const windowOf = (kind: number, seed = 40) => {
    const sample = sampleOf(kind, seed);
    const [z] = embed([], [sample]);
    return {
      ...{ index: 0, start: sample.start, end: sample.end, skew: null },
      ...{ zAudio: z?.zAudio ?? null, zVideo: z?.zVideo ?? null },
      signals: { audio: 'live', video: 'live' } as const,
    };
  };

  it('unknown is learned as distance: its place is far, and the prototypes stay where they were', () => {
    const stranger: Labelled = { ...labelled(0, 9, { kind: 'unknown', classId: null }), classId: null };
    const [without, having] = [stateOf(both), stateOf([...both, stranger])];
    expect(having.audio.taught.positives).toEqual(without.audio.taught.positives);
    expect(having.classIds).toEqual(['class-0', 'class-1']);
    expect(answer(without, windowOf(0, 9)).answer).toBe('class-0');
    expect(answer(having, windowOf(0, 9)).answer).toBeNull();
    expect(answer(having, windowOf(1)).answer).toBe('class-1');
  });

  it('"not this" pushes its place away from the class, in the senses that it names', () => {
    const not = (scope: Scope): Labelled => ({
      ...labelled(0, 9, { kind: 'not-class', classId: 'class-0', scope }),
      classId: 'class-0',
    });
    const sure = (items: readonly Labelled[]) => {
      const { audio, video } = answer(stateOf(items), windowOf(0, 9));
      return { audio: audio.probabilities[0] ?? 0, video: video.probabilities[0] ?? 0 };
    };
    const before = sure(both);
    const after = sure([...both, not('both')]);
    expect(after.audio).toBeLessThan(before.audio);
    expect(after.video).toBeLessThan(before.video);
    expect(sure([...both, not('audio')]).video).toBe(before.video);
  });
});
