/** Whole streams at toy size: features by hand, encoders of one small convolution, representations that ask no encoder. */
import { beforeAll, describe, expect, it } from 'vitest';
import { micros } from '../../../../../proto/units.ts';
import { type ComputeBackend, openBackend } from '../../../../../server/compute/backend.ts';
import { eager } from '../../../../../server/compute/compiled.ts';
import { MEL_VALUES, OLDER_BYTES, PICTURE_BYTES } from '../../../../../src/features/spec.ts';
import type { Sample } from '../../../../../src/journal.ts';
import { initWeights, PRODUCT_ENCODERS, REPRESENTATION_WIDTH } from '../../../../../src/model/encoders.ts';
import { random } from '../../../../../src/random.ts';
import type { Embed } from '../../../../../src/training/judging.ts';
import type { RoundBase } from '../../../../../src/training/round.ts';
import type { Compile } from '../../../../../src/training/trainee.ts';
import type { Course } from '../../../../bench/learning/av/course.ts';
import { type LearnerName, learnerOf } from '../../../../bench/learning/av/learners.ts';
import type { Scenario } from '../../../../bench/learning/av/scenarios.ts';
import { AV_SETTINGS } from '../../../../bench/learning/av/settings.ts';
import { StreamRun } from '../../../../bench/learning/av/stream-run.ts';

const convs = [{ channels: 2, stride: 2 }] as const;
const { audio, video } = PRODUCT_ENCODERS;
const settings = {
  ...AV_SETTINGS,
  ...{ every: 12, steps: 1, testEvery: 16 },
  encoders: { audio: { ...audio, convs }, video: { ...video, convs } },
};
const phase = { sound: 'plain', picture: 'plain', classes: 2, prior: [] } as const;
const scenario: Scenario = {
  name: 'audio-noise',
  phases: [
    { ...phase, labels: 16 },
    { ...phase, sound: 'noisy', labels: 8, classes: 3 },
  ],
};

/** Loud sound and bright picture whose level tells the class, more or less. */
function sampleOf(classIndex: number, place: number): Sample {
  const draw = random(1000 * classIndex + place);
  return {
    ...{ start: micros(place * 1_000_000), end: micros(place * 1_000_000 + 960_000) },
    mel: Float32Array.from({ length: MEL_VALUES }, () => classIndex + draw.uniform()),
    rgb: Uint8Array.from({ length: PICTURE_BYTES }, () => 60 + 60 * classIndex + draw.integer(60)),
    older: Uint8Array.from({ length: OLDER_BYTES }, () => 60 + 60 * classIndex + draw.integer(60)),
  };
}

const one = (classIndex: number, place: number) => ({ classIndex, sample: sampleOf(classIndex, place) });
const STREAM = Array.from({ length: 24 }, (_, i) => ({
  ...one(i < 16 ? i % 2 : i % 3, i),
  phase: i < 16 ? 0 : 1,
}));
const TESTS: Course['tests'] = [
  { context: 'plain/plain', samples: [0, 1].map((k) => one(k, 50 + k)) },
  { context: 'noisy/plain', samples: [0, 1, 2].map((k) => one(k, 60 + k)) },
];

/** A few numbers out of the input itself. */
const embed: Embed = (_, samples) =>
  samples.map(({ mel, rgb }) => {
    const z = (values: ArrayLike<number> | null, scale: number) =>
      values && Float32Array.from({ length: REPRESENTATION_WIDTH }, (_, d) => values[d * 60]! / scale);
    return { zAudio: z(mel, 1), zVideo: z(rgb, 60) };
  });
const compile: Compile = async (_, fn) => eager(fn);

function run(name: LearnerName, stream: Course['stream'] = STREAM) {
  const draw = random(1);
  const { audio: a, video: v } = settings.encoders;
  const base: RoundBase = {
    ...{ head: null, appliedSeq: 0, trainedSteps: 400 },
    encoders: [...initWeights(a, draw), ...initWeights(v, draw)],
  };
  const course: Course = { stream, tests: TESTS };
  const learner = learnerOf(name);
  return new StreamRun({ learner, scenario, course, base, settings, embed, compile, seed: 5 }).run();
}

let backend: ComputeBackend;
beforeAll(async () => {
  backend = await openBackend('eager');
});

describe('StreamRun', () => {
  it('answers every label and takes the test of each context from its phase on', async () => {
    const { answers, tests, rounds, promotions } = await run('frozen');
    expect(answers).toHaveLength(24);
    expect(tests.map(({ labels, contexts }) => [labels, Object.keys(contexts)])).toEqual([
      [16, ['plain/plain']],
      [24, ['plain/plain', 'noisy/plain']],
    ]);
    expect(rounds.map(({ labels, ended }) => [labels, ended])).toEqual([12, 24].map((n) => [n, 'nothing']));
    expect(promotions).toEqual([]);
  });

  it('knows nothing of a class before its first label', async () => {
    const { answers } = await run('frozen');
    expect(answers[0]?.fused).toBe(false);
    expect(answers[1]?.fused).toBe(false);
    expect(answers[17]?.fused).toBe(false); // the first of the class that the second phase brings
    expect(answers.slice(2, 16).filter(({ fused }) => fused).length).toBeGreaterThan(10);
  });

  it('never reads a label before its answer', async () => {
    const changed = STREAM.map((label, i) => (i < 12 ? label : { ...label, classIndex: 1 - (i % 2) }));
    const [asItWas, otherwise] = [await run('frozen'), await run('frozen', changed)];
    expect(otherwise.answers.slice(0, 12)).toEqual(asItWas.answers.slice(0, 12));
    // What is answered at place 12 is the same; whether it is right is another matter.
    expect(otherwise.answers[12]?.fused).not.toBe(asItWas.answers[12]?.fused);
  });

  it('answers by one sense where a bound has but one', async () => {
    const { answers, tests } = await run('audio-only');
    expect(answers.every(({ video: seen }) => seen === null)).toBe(true);
    expect(tests.at(-1)?.contexts['noisy/plain']).toMatchObject({ video: null, videoHead: null });
  });

  it('runs rounds by the product’s code, the same again from the same seed', async () => {
    const before = backend.tensors();
    const first = await run('-gate');
    expect(backend.tensors()).toBe(before);
    expect(first.rounds.map(({ ended }) => ended)).toEqual(['candidate', 'candidate']);
    expect(first.promotions.map(({ labels, samples }) => [labels, samples])).toEqual([
      [12, 2],
      [24, 5], // both contexts
    ]);
    expect(await run('-gate')).toEqual(first);
  });
});
