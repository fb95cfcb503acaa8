/** How a model is judged: what a dozen held-out windows may decide, and what they may not. */
import { describe, expect, it } from 'vitest';

import type { Sample } from '../../../src/journal.ts';
import { REPRESENTATION_WIDTH } from '../../../src/model/encoders.ts';
import type { Head } from '../../../src/model/head.ts';
import { type Random, random } from '../../../src/random.ts';
import { type Embed, judgeModel } from '../../../src/training/judging.ts';
import type { Labelled, ReplayBuffer } from '../../../src/training/replay-buffer.ts';
import { labelAt, labelled } from './labelled.ts';

const KINDS = [0, 1, 2];
const classIds = KINDS.map((kind) => `class-${kind}`);
const NOISE = 0.25; // a deviation in each of the 96 dimensions: prototypes err now and then

/** Its signals are live; what the encoders make of it is drawn. */
const { sample: live } = labelled(0, 1);

function world(source: Random) {
  const vectors = new Map<Sample, { readonly zAudio: Float32Array; readonly zVideo: Float32Array }>();
  const draw = (scale: number): Float32Array =>
    Float32Array.from({ length: REPRESENTATION_WIDTH }, () => scale * source.normal());
  const centres = KINDS.map(() => ({ zAudio: draw(0.05), zVideo: draw(0.05) }));
  let seq = 0;
  const windowOf = (kind: number): Labelled => {
    const label = labelAt(++seq, `class-${kind}`);
    const item: Labelled = { label, index: 0, sample: { ...live }, classId: label.classId };
    const near = (side: 'zAudio' | 'zVideo') =>
      draw(NOISE).map((value, d) => value + centres[kind]![side][d]!);
    vectors.set(item.sample, { zAudio: near('zAudio'), zVideo: near('zVideo') });
    return item;
  };
  const embed: Embed = (_, samples) => samples.map((sample) => vectors.get(sample)!);
  const buffer: ReplayBuffer = {
    classIds,
    byClass: KINDS.map((kind) => Array.from({ length: 4 }, () => windowOf(kind))),
    heldOut: Array.from({ length: 12 }, (_, i) => windowOf(i % KINDS.length)),
    ...{ others: [], newest: [], thinClassIds: classIds },
  };
  return { buffer, embed, centres };
}

/** A head whose rows are these vectors. */
const headOf = (rows: readonly { readonly zAudio: Float32Array; readonly zVideo: Float32Array }[]): Head => ({
  ...{ fusion: 'concat', classIds, gate: 0 },
  weights: {
    'head/audio': Float32Array.from(rows.flatMap(({ zAudio }) => [...zAudio])),
    'head/video': Float32Array.from(rows.flatMap(({ zVideo }) => [...zVideo])),
    'head/bias': new Float32Array(KINDS.length),
  },
});

describe('judgeModel', () => {
  const judge = ({ buffer, embed }: ReturnType<typeof world>, head: Head | null) => {
    const { gate, judged } = judgeModel({ encoders: [], head, buffer, embed });
    return { gate, sum: judged.reduce((sum, { logProbability }) => sum + logProbability, 0) };
  };

  it('never gives a head a share under which the held-out windows are less likely, however sure it is', () => {
    for (let seed = 0; seed < 16; seed++) {
      const source = random(seed);
      const made = world(source);
      // It half knows the classes, and its logits are so large that it never doubts.
      const sure = (z: Float32Array) => z.map((value) => 400 * (value + 0.06 * source.normal()));
      const head = headOf(
        made.centres.map(({ zAudio, zVideo }) => ({ zAudio: sure(zAudio), zVideo: sure(zVideo) })),
      );
      expect(judge(made, head).sum).toBeGreaterThanOrEqual(judge(made, null).sum);
    }
  });

  it('gives a head that knows the classes better than a few prototypes do a share', () => {
    const made = world(random(7));
    const scaled = (z: Float32Array) => z.map((value) => value * 16);
    const wise = headOf(
      made.centres.map(({ zAudio, zVideo }) => ({ zAudio: scaled(zAudio), zVideo: scaled(zVideo) })),
    );
    const given = judge(made, wise);
    expect(given.gate).toBeGreaterThan(0);
    expect(given.sum).toBeGreaterThan(judge(made, null).sum);
  });
});
