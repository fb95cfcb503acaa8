import { describe, expect, it } from 'vitest';

import type { Head } from '../../../src/model/head.ts';
import { anchorsOf, noBaseLogits, writeBaseLogits } from '../../../src/training/base-logits.ts';
import { labelled } from './labelled.ts';

/** Two classes, representations one wide. */
const head: Head = {
  fusion: 'concat',
  classIds: ['class-2', 'class-0'],
  weights: {
    'head/audio': Float32Array.of(1, 2),
    'head/video': Float32Array.of(10, 20),
    'head/bias': Float32Array.of(0.5, 0.25),
  },
  gate: 1,
};
const [both, deaf, other] = [labelled(0, 1), labelled(2, 2), labelled(1, 3)];
const anchors = anchorsOf(
  head,
  [both, deaf],
  [
    { zAudio: Float32Array.of(1), zVideo: Float32Array.of(2) },
    { zAudio: null, zVideo: Float32Array.of(2) },
  ],
);

describe('writeBaseLogits', () => {
  it('puts the base’s logits into the columns of this round, for what the base has learned', () => {
    const out = noBaseLogits(3, 4);
    const columns = new Map([
      ['class-0', 0],
      ['class-1', 1],
      ['class-2', 2],
    ]);
    writeBaseLogits(out, [both, deaf, other], anchors, columns);
    expect([...out.known]).toEqual([1, 0, 1, 0]);
    expect([...out.weights]).toEqual([1, 0, 0]);
    expect([...out.logits.slice(0, 4)]).toEqual([2 * 1 + 20 * 2 + 0.25, 0, 1 * 1 + 10 * 2 + 0.5, 0]);
  });

  it('forgets the last batch, and passes over a class that is gone', () => {
    const out = noBaseLogits(1, 2);
    writeBaseLogits(out, [both], anchors, new Map([['class-0', 1]]));
    writeBaseLogits(out, [other], anchors, new Map([['class-1', 0]]));
    expect([[...out.known], [...out.weights]]).toEqual([[0, 0], [0]]);
  });
});
