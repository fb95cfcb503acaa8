import { describe, expect, it } from 'vitest';
import { micros } from '../../../../proto/units.ts';
import { REPRESENTATION_WIDTH } from '../../../../src/model/encoders.ts';
import type { Representation } from '../../../../src/model/evidence.ts';
import { type Random, random } from '../../../../src/random.ts';
import {
  labelOf,
  nearestPrototype,
  type SeenDraw,
  seenBy,
  taught,
} from '../../../bench/fewshot/classified.ts';
import { type Draw, sampleAt } from '../../../bench/fewshot/draw.ts';

const CLASSES = 4;

/** Sound points to its class, the picture to nothing. */
function window(k: number, draw: Random): Representation {
  const zAudio = Float32Array.from(
    { length: REPRESENTATION_WIDTH },
    (_, d) => (d % CLASSES === k ? 2 : 0) + 0.3 * draw.normal(),
  );
  const zVideo = Float32Array.from({ length: REPRESENTATION_WIDTH }, () => draw.normal());
  return { start: micros(0), zAudio, zVideo, signals: { audio: 'live', video: 'live' } };
}

function seen(train: number, test: number): SeenDraw {
  const draw = random(7);
  const of = (count: number) =>
    Array.from({ length: CLASSES }, (_, k) => Array.from({ length: count }, () => window(k, draw)));
  return { classIds: ['a', 'b', 'c', 'd'], train: of(train), test: of(test) };
}

describe('nearestPrototype', () => {
  const scores = nearestPrototype(seen(20, 50), 5);

  it('is right by the sense that knows, and at chance by the other', () => {
    expect(scores.audio).toBe(1);
    // 200 windows at a chance of a quarter: five deviations of 3 %.
    expect(Math.abs(scores.video - 1 / CLASSES)).toBeLessThan(0.15);
  });

  it('gives 0 where nothing is asked', () => {
    expect(nearestPrototype({ ...seen(20, 50), test: [[], [], [], []] }, 5).fused).toBe(0);
  });
});

describe('taught', () => {
  it('has seen every window of the session and was taught the first labels of each class', () => {
    const state = taught(seen(20, 1), 3);
    expect(state.audio.windows).toBe(20 * CLASSES);
    expect([...state.audio.taught.positives.values()].map((list) => list.length)).toEqual([3, 3, 3, 3]);
    expect(state.appliedSeq).toBe(3 * CLASSES);
  });
});

describe('labelOf', () => {
  it('holds back every fifth label of a class, as a project does', () => {
    const sample = sampleAt(0, null, null);
    const splits = [0, 1, 2, 3, 4, 5].map((n) => labelOf('a', n, n + 1, sample).split);
    expect(splits).toEqual(['train', 'train', 'train', 'train', 'validation', 'train']);
  });
});

describe('seenBy', () => {
  it('embeds every window once, and keeps its place', () => {
    const mel = (value: number) => new Float32Array(6144).fill(value);
    const draw: Draw = {
      classIds: ['a', 'b'],
      train: [[sampleAt(0, mel(1), null)], [sampleAt(1, mel(2), null)]],
      test: [[sampleAt(0, mel(3), null)], [sampleAt(1, mel(4), null)]],
    };
    let asked = 0;
    const { train, test } = seenBy(draw, [], (_, samples) => {
      asked += samples.length;
      return samples.map((sample) => ({ zAudio: Float32Array.of(sample.mel?.[0] ?? 0), zVideo: null }));
    });
    expect(asked).toBe(4);
    expect([train, test].map((part) => part.map((list) => list[0]?.zAudio?.[0]))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});
