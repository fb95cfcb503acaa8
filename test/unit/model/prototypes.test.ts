import { describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import { DEFAULT_TAU } from '../../../src/model/calibration.ts';
import { type Exemplar, NOTHING_TAUGHT, withExemplars } from '../../../src/model/exemplars.ts';
import { opinionOf, prototypesOf } from '../../../src/model/prototypes.ts';
import { emptyMoments } from '../../../src/model/statistics.ts';

const WIDTH = 2;
let seq = 0;
const exemplar = (...z: readonly number[]): Exemplar => {
  seq++;
  return { labelId: `l${seq}`, seq, start: micros(0), z: Float32Array.from(z) };
};

// Two classes on opposite axes: the moments are symmetric, so the z-score keeps directions.
const two = withExemplars(withExemplars(NOTHING_TAUGHT, 'class', 'a', [exemplar(1, 0)]), 'class', 'b', [
  exemplar(-1, 0),
]);

describe('opinionOf', () => {
  it('is null where no class has a prototype', () => {
    expect(opinionOf(prototypesOf(NOTHING_TAUGHT, emptyMoments(WIDTH)), ['a'], [1, 0])).toBeNull();
    expect(opinionOf(prototypesOf(two, emptyMoments(WIDTH)), ['c'], [1, 0])).toBeNull();
  });

  it('is the softmax of -distance / tau over the classes asked for', () => {
    const view = prototypesOf(two, emptyMoments(WIDTH));
    const opinion = opinionOf(view, ['b', 'c', 'a'], [1, 0]);
    expect(opinion?.distance).toBeCloseTo(0, 12);
    expect(opinion?.nearest).toBe(2);
    // The prototypes are opposite unit vectors: distances 2 and 0.
    expect(opinion?.probabilities[0]).toBeCloseTo(Math.exp(-2 / DEFAULT_TAU), 12);
    expect(opinion?.probabilities[1]).toBe(0);
    expect(opinion?.logs[1]).toBeNull();
    expect(opinion?.far).toBe(false);
  });

  it('adds max(0, 1 - n / d) for the nearest counterexample', () => {
    const not = withExemplars(two, 'not-class', 'a', [exemplar(0, 1)]);
    const view = prototypesOf(not, emptyMoments(WIDTH));
    const on = opinionOf(view, ['a'], [0, 1]); // on the counterexample, sqrt(2) from the prototype
    expect(on?.distance).toBeCloseTo(Math.SQRT2 + 1, 6);
    const nearer = [Math.cos(0.3), Math.sin(0.3)]; // nearer to the prototype than to the counterexample: no push
    const plain = prototypesOf(two, emptyMoments(WIDTH));
    expect(opinionOf(view, ['a'], nearer)).toEqual(opinionOf(plain, ['a'], nearer));
    expect(opinionOf(view, ['a'], [1, 0])?.distance).toBeCloseTo(0, 12);
  });

  it('is far nearer to the background than to any prototype, and leaves probabilities alone', () => {
    const background = withExemplars(two, 'unknown', '', [exemplar(0.8, 0.6)]);
    const view = prototypesOf(background, emptyMoments(WIDTH));
    const plain = prototypesOf(two, emptyMoments(WIDTH));
    expect(opinionOf(plain, ['a', 'b'], [0.8, 0.6])?.far).toBe(false);
    expect(opinionOf(view, ['a', 'b'], [0.8, 0.6])?.far).toBe(true);
    expect(opinionOf(view, ['a', 'b'], [1, 0])?.far).toBe(false);
    expect(opinionOf(view, ['a', 'b'], [0.8, 0.6])?.probabilities).toEqual(
      opinionOf(plain, ['a', 'b'], [0.8, 0.6])?.probabilities,
    );
  });
});
