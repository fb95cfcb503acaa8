import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';

import { micros, millis } from '../../../proto/units.ts';
import type { Checkpoint } from '../../../server/compute/checkpoint.ts';
import type { Embedder, EncoderWeights } from '../../../server/compute/embedder.ts';
import { finish } from '../../../server/compute/lessons.ts';
import { Serving } from '../../../server/compute/serving.ts';
import type { LabelEvent } from '../../../src/journal.ts';
import { createClassifier } from '../../../src/model/classifier.ts';
import { REPRESENTATION_WIDTH } from '../../../src/model/encoders.ts';
import { labelOf, pairOf, sampleOf } from '../../support/compute-windows.ts';
import { FakeFeedbackLog } from '../../support/fake-feedback-log.ts';

const clock = { monotonic: () => micros(0), wall: () => millis(0) };

/** Stands for an encoder: a representation of its own for each loudness, and it counts the windows it was given. */
class CountingEmbedder implements Pick<Embedder, 'embed'> {
  windows = 0;
  largest = 0;

  embed(_: EncoderWeights, windows: Parameters<Embedder['embed']>[1]): ReturnType<Embedder['embed']> {
    this.windows += windows.length;
    this.largest = Math.max(this.largest, windows.length);
    const z = (values: ArrayLike<number> | null): Float32Array | null =>
      values && Float32Array.from({ length: REPRESENTATION_WIDTH }, (_, i) => values[64 * i] ?? 0);
    return windows.map(({ mel, rgb }) => ({ zAudio: z(mel), zVideo: z(rgb) }));
  }

  throughBackbones(
    windows: Parameters<Embedder['throughBackbones']>[0],
  ): ReturnType<Embedder['throughBackbones']> {
    return windows.map(({ rgb }) => ({ audio: null, video: rgb && Float32Array.of(rgb[0] ?? 0) }));
  }
}

const checkpoint: Checkpoint = {
  featureHash: 'features',
  fusion: 'concat',
  encoders: { audio: [{ name: 'w', shape: [1], values: Float32Array.of(1) }], video: [] },
  classifier: createClassifier({ width: REPRESENTATION_WIDTH, modelVersion: 0 }),
  notes: {},
};

let log: FakeFeedbackLog;
let embedder: CountingEmbedder;
let serving: Serving;
let labels = 0;

async function append(kind: number, samples = 2): Promise<{ seq: number; event: LabelEvent }> {
  const n = labels++;
  const event = labelOf(`class-${kind}`, n);
  const { seq } = await log.append(
    event,
    Array.from({ length: samples }, (_, i) => sampleOf(kind, 20 * n + i)),
  );
  return { seq, event };
}

beforeEach(async () => {
  labels = 0;
  log = new FakeFeedbackLog(clock);
  for (const kind of [0, 1]) {
    const classId = `class-${kind}`;
    await log.append({ type: 'class-add', id: classId, classId, name: classId, colour: '#000000' });
  }
  embedder = new CountingEmbedder();
  serving = new Serving({ embedder, journal: log.reader() });
  finish(serving.adopt(checkpoint, 0));
});

describe('Serving', () => {
  it('answers with the journal’s classes, and with a version once one is adopted', () => {
    const [answer] = serving.infer([pairOf(0, 1)]);
    expect(answer).toMatchObject({ classIds: ['class-0', 'class-1'], modelVersion: 0, answer: null });
    expect(() => new Serving({ embedder, journal: log.reader() }).infer([pairOf(0, 1)])).toThrow('adopt one');
  });

  it('gives what a backbone gives of a window, null where its sense is missing', () => {
    expect(serving.embed(pairOf(0, 1)).video).toHaveLength(1);
    expect(serving.embed(pairOf(0, 1, 'audio'))).toEqual({ audio: null, video: null });
  });

  it('scores a label that a rebuild has already read as if it had not', async () => {
    const first = await append(0);
    serving.learn(first.seq);
    const { seq } = await append(1);
    serving.rebuild();
    const { scored, effects } = serving.learn(seq);
    expect(scored.map(({ audioScore }) => audioScore)).toEqual([null, null]); // class-1 had no prototype yet
    expect(effects.map(({ before }) => before)).toEqual([0, 0]);
  });

  it('embeds each label once for each set of weights', async () => {
    const { seq } = await append(0, 3);
    const before = embedder.windows;
    serving.learn(seq);
    serving.rebuild();
    serving.learn(seq);
    expect(embedder.windows - before).toBe(3);
    finish(serving.adopt(checkpoint, 1));
    expect(embedder.windows - before).toBe(3 + 3);
  });

  it('adopts in steps of a few windows, serving the old version until the last', async () => {
    serving.learn((await append(0, 20)).seq);
    const steps = serving.adopt(checkpoint, 1);
    embedder.largest = 0;
    const versions: number[] = [];
    while (!steps.next().done) versions.push(serving.infer([pairOf(0, 1)])[0]?.modelVersion ?? -1);
    expect(versions.length).toBeGreaterThanOrEqual(3); // 20 samples, 8 at a time
    expect(new Set(versions)).toEqual(new Set([0]));
    expect(embedder.largest).toBe(8);
    expect(serving.infer([pairOf(0, 1)])[0]).toMatchObject({ modelVersion: 1, answer: 'class-0' });
  });

  it('has the labels and undos in the new version that came while it was adopted', async () => {
    const first = await append(0, 10);
    serving.learn(first.seq);
    const steps = serving.adopt(checkpoint, 1);
    steps.next();
    serving.learn((await append(1, 10)).seq);
    const { seq } = await log.append({ type: 'undo', id: 'undo', labelId: first.event.id });
    finish(steps);
    const [answer] = serving.infer([pairOf(1, 500)]);
    expect(answer).toMatchObject({ modelVersion: 1, appliedSeq: seq, fused: [0, 1] });
  });

  it('keeps the old version and no tensor when an adoption is given up', async () => {
    serving.learn((await append(0, 10)).seq);
    const before = tf.memory().numTensors;
    const steps = serving.adopt(checkpoint, 1);
    steps.next();
    expect(tf.memory().numTensors).toBe(before + 1);
    steps.return();
    expect(tf.memory().numTensors).toBe(before);
    expect(serving.infer([pairOf(0, 1)])[0]?.modelVersion).toBe(0);
  });

  it('holds the tensors of one version only', () => {
    const before = tf.memory().numTensors;
    finish(serving.adopt(checkpoint, 1));
    finish(serving.adopt(checkpoint, 2));
    expect(tf.memory().numTensors).toBe(before);
    serving.dispose();
    serving.dispose();
    expect(tf.memory().numTensors).toBe(before - 1);
  });

  it('reads no more of a long journal than shapes the prototypes', async () => {
    const samples = Array.from({ length: 20 }, (_, i) => sampleOf(0, i));
    // 400 samples of one class, of which 256 are kept.
    for (let n = 0; n < 20; n++) await log.append(labelOf('class-0', n), samples);
    embedder.windows = 0;
    finish(serving.adopt(checkpoint, 1));
    expect(embedder.windows).toBe(13 * 20); // the newest labels until 256 samples are reached
  });

  it('refuses an entry that is no label with ERR_COMPUTE_LABEL', () => {
    expect(() => serving.learn(1)).toThrow(expect.objectContaining({ code: 'ERR_COMPUTE_LABEL' }));
  });
});
