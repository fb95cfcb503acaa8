import { describe, expect, it } from 'vitest';

import { audioPlanes, videoPlanes } from '../../../src/features/normalize.ts';
import { AUDIO_INPUT, VIDEO_INPUT } from '../../../src/features/spec.ts';
import { PRODUCT_ENCODERS } from '../../../src/model/encoders.ts';
import { random } from '../../../src/random.ts';
import { AUGMENTATION, emptyBatch, teaches, writeBatch } from '../../../src/training/batch.ts';
import { labelled } from './labelled.ts';

const columns = new Map([
  ['class-0', 0],
  ['class-1', 1],
]);
const plain = { mel: null, picture: null };
const options = (augmentation = plain) => ({ columns, classes: 4, random: random(1), augmentation });

describe('writeBatch', () => {
  it('writes normalized windows, one-hot targets and weights', () => {
    const item = labelled(1, 1);
    const out = emptyBatch(2, 4);
    writeBatch(out, [item], options());
    const { mel, rgb, older } = item.sample;
    if (!mel || !rgb || !older) throw new Error('the sample has both sides');
    expect(out.xAudio.subarray(0, AUDIO_INPUT)).toEqual(audioPlanes(mel));
    expect(out.xVideo.subarray(0, VIDEO_INPUT)).toEqual(videoPlanes(rgb, older));
    expect([...out.labels.subarray(0, 4)]).toEqual([0, 1, 0, 0]);
    const { weightBoth, weightAudio, weightVideo, certain, rejects } = out;
    expect([weightBoth, weightAudio, weightVideo, certain, rejects].map((row) => [...row])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
      [0, 0],
    ]);
  });

  it('writes embeddings where a side has a backbone, with noise where that is asked for', () => {
    const item = labelled(1, 1);
    const { start, end, mel } = item.sample;
    const values = Float32Array.of(1, -1, 1, -1);
    const sample = {
      start,
      end,
      mel,
      rgb: null,
      older: null,
      videoEmbedding: { values, signal: 'dark' },
    } as const;
    const video = { modality: 'video', input: [4], hidden: 2, width: 96 } as const;
    const out = emptyBatch(2, 4, { audio: PRODUCT_ENCODERS.audio, video });
    out.xVideo.fill(9);
    writeBatch(out, [{ ...item, sample }, labelled(0, 3, {}, 'audio')], options());
    expect([...out.xVideo]).toEqual([1, -1, 1, -1, 0, 0, 0, 0]);
    expect([out.weightAudio[0], out.weightVideo[0], out.weightBoth[0]]).toEqual([1, 0, 0]); // dark teaches nothing
    const embedding = { noise: 0.1, drop: 0 };
    writeBatch(out, [{ ...item, sample }], { ...options(), augmentation: { ...plain, embedding } });
    expect(
      [...out.xVideo.subarray(0, 4)].every((x, i) => x !== values[i] && Math.abs(x - (values[i] ?? 0)) < 1),
    ).toBe(true);
  });

  it('leaves nothing of an earlier batch that counts', () => {
    const out = emptyBatch(2, 4);
    writeBatch(out, [labelled(0, 1), labelled(1, 2)], options());
    writeBatch(out, [labelled(0, 3, {}, 'audio')], options());
    expect([...out.weightAudio]).toEqual([1, 0]);
    expect([...out.weightVideo]).toEqual([0, 0]);
    expect(out.xVideo.subarray(0, VIDEO_INPUT).every((value) => value === 0)).toBe(true);
  });

  it('leaves a side alone that nothing reads, and says what it teaches all the same', () => {
    const item = labelled(1, 1);
    const out = emptyBatch(1, 4);
    out.xVideo.fill(7);
    writeBatch(out, [item], { ...options(), unread: ['video'] });
    expect(out.xVideo.every((value) => value === 7)).toBe(true);
    expect(out.xAudio.some((value) => value !== 0)).toBe(true);
    expect([out.weightBoth[0], out.weightVideo[0]]).toEqual([1, 1]);
  });

  it('spreads "unknown" over the taught classes', () => {
    const out = emptyBatch(1, 4);
    writeBatch(out, [labelled(0, 1, { kind: 'unknown', classId: null })], options());
    expect([...out.labels]).toEqual([0.5, 0.5, 0, 0]);
    expect([out.certain[0], out.weightBoth[0]]).toEqual([0, 1]);
  });

  it('gives a label of a class without a column no weight', () => {
    const out = emptyBatch(1, 4);
    writeBatch(out, [labelled(3, 1, { kind: 'not-class' })], options());
    expect([out.weightBoth[0], out.weightAudio[0], out.weightVideo[0]]).toEqual([0, 0, 0]);
  });

  it('draws the same augmented batch for the same seed', () => {
    const [a, b] = [emptyBatch(1, 4), emptyBatch(1, 4)];
    for (const out of [a, b])
      writeBatch(out, [labelled(0, 1)], { ...options(), augmentation: AUGMENTATION, random: random(4) });
    expect(a).toEqual(b);
  });
});

describe('teaches', () => {
  it('keeps to the scope of the label', () => {
    expect(teaches(labelled(0, 1, { scope: 'video' }))).toEqual({ audio: false, video: true });
    expect(teaches(labelled(0, 1, { scope: 'audio' }))).toEqual({ audio: true, video: false });
  });

  it('leaves a silent sound out while the picture is live', () => {
    const item = labelled(0, 1);
    const silent = { ...item, sample: { ...item.sample, mel: new Float32Array(96 * 64).fill(-4.6) } };
    expect(teaches(silent)).toEqual({ audio: false, video: true });
    expect(teaches({ ...silent, label: { ...silent.label, scope: 'audio' } })).toEqual({
      audio: true,
      video: false,
    });
  });
});
