/** The steps of a round, with a step that computes nothing but records what it is given. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { openBackend } from '../../../server/compute/backend.ts';
import { audioEncoder, initWeights, videoEncoder } from '../../../src/model/encoders.ts';
import { random } from '../../../src/random.ts';
import { sampleKey } from '../../../src/training/base-logits.ts';
import { AUGMENTATION } from '../../../src/training/batch.ts';
import type { Embedded } from '../../../src/training/judging.ts';
import { JOINT_WEIGHTS, type Schedule } from '../../../src/training/policies/policy.ts';
import type { ReplayBuffer } from '../../../src/training/replay-buffer.ts';
import { LATER_RATES, train } from '../../../src/training/train.ts';
import type { Compile } from '../../../src/training/trainee.ts';
import { labelled } from './labelled.ts';

const WIDTH = 96;
const items = [0, 1].flatMap((kind) => [1, 2, 3].map((span) => labelled(kind, 10 * kind + span)));
const deaf = labelled(0, 4, {}, 'audio');
const buffer: ReplayBuffer = {
  classIds: ['class-0', 'class-1'],
  byClass: [[...items.slice(0, 3), deaf], items.slice(3)],
  others: [],
  newest: [],
  heldOut: [],
  thinClassIds: [],
};
/** Each sample's video representation is its label's number all over. */
const embedded = new Map(
  [...items, deaf].map((item): [string, Embedded] => {
    const zVideo = item === deaf ? null : new Float32Array(WIDTH).fill(item.label.seq);
    return [sampleKey(item), { zAudio: null, zVideo }];
  }),
);

type Given = {
  readonly names: readonly string[];
  readonly zVideo: readonly number[];
  readonly seen: readonly number[];
};

/** Records a step's inputs: their names, the first number of each row of zVideo, and which rows teach the picture. */
function recording(given: Given[]): Compile {
  return async () => ({
    run: (inputs) => {
      const z = inputs.zVideo?.dataSync() ?? [];
      given.push({
        names: Object.keys(inputs),
        zVideo: Array.from({ length: z.length / WIDTH }, (_, row) => z[row * WIDTH] ?? 0),
        seen: [...(inputs.weightVideo?.dataSync() ?? [])],
      });
      const scalars = [
        'loss',
        'gradientNorm',
        'audioScores',
        'videoScores',
        'audioHeadScores',
        'videoHeadScores',
      ];
      return {
        ...Object.fromEntries(scalars.map((name) => [name, tf.scalar(1)])),
        zAudio: tf.zeros([32, WIDTH]),
        ...(inputs.zVideo ? {} : { zVideo: tf.zeros([32, WIDTH]) }),
      };
    },
    dispose: () => undefined,
  });
}

function run(schedule: Schedule, known: ReadonlyMap<string, Embedded>, given: Given[]) {
  const source = random(1);
  return train({
    compile: recording(given),
    buffer,
    plan: {
      steps: 2,
      rates: LATER_RATES,
      schedule,
      gradients: 'summed',
      centres: 'windowed',
      augmentation: AUGMENTATION,
    },
    seed: 3,
    encoders: [...initWeights(audioEncoder, source), ...initWeights(videoEncoder, source)],
    head: null,
    anchors: null,
    embedded: known,
    onStep: () => Promise.resolve(),
  });
}

const weightsAt = () => JOINT_WEIGHTS;

describe('train', () => {
  beforeAll(() => openBackend('eager'));

  it('reads a frozen side as it was embedded, and hands its windows and weights to no step', async () => {
    const given: Given[] = [];
    const { encoders } = await run({ frozen: ['video'], terms: [], weightsAt }, embedded, given);
    expect(given).toHaveLength(2);
    for (const { names, zVideo, seen } of given) {
      expect(names).toContain('xAudio');
      expect(names.filter((name) => name === 'xVideo' || name.includes('video/'))).toEqual([]);
      const numbers = items.map(({ label }) => label.seq);
      zVideo.forEach((value, row) => {
        if (seen[row] === 1) expect(numbers).toContain(value);
        else expect(value).toBe(0);
      });
    }
    const source = random(1);
    const first = [...initWeights(audioEncoder, source), ...initWeights(videoEncoder, source)];
    expect(encoders).toEqual(first); // the step moved nothing
  });

  it('draws the same samples whether or not a side is frozen', async () => {
    const [frozen, moving]: [Given[], Given[]] = [[], []];
    await run({ frozen: ['video'], weightsAt }, embedded, frozen);
    await run({ frozen: [], weightsAt }, new Map(), moving);
    expect(frozen.map(({ seen }) => seen)).toEqual(moving.map(({ seen }) => seen));
    expect(moving[0]?.names).toContain('xVideo');
  });

  it('names a representation that is missing with ERR_SHAPE', async () => {
    await expect(run({ frozen: ['video'], weightsAt }, new Map(), [])).rejects.toMatchObject({
      code: 'ERR_SHAPE',
    });
  });
});
