import { describe, expect, it } from 'vitest';

import { emptyScene, steady } from '../../../../src/pretraining/sounds/scene.ts';
import {
  addTimbre,
  centreOf,
  drawTimbre,
  roughnessOf,
  type Timbre,
} from '../../../../src/pretraining/sounds/timbre.ts';
import { random } from '../../../../src/random.ts';
import { bandOf, magnitudes, profile } from './hearing.ts';

const two: Timbre = {
  name: 'inharmonic',
  partials: [
    { ratio: 1, gain: 1 },
    { ratio: 2.5, gain: 1 },
  ],
};

describe('drawTimbre', () => {
  it('gives every other harmonic to a hollow tone, and none of them to an inharmonic one', () => {
    const hollow = drawTimbre(random(1), 'hollow').partials.map(({ ratio }) => ratio);
    expect(hollow.slice(0, 3)).toEqual([1, 3, 5]);
    expect(roughnessOf(drawTimbre(random(1), 'rich'))).toBe(0);
    expect(roughnessOf(drawTimbre(random(1), 'inharmonic'))).toBeGreaterThan(0);
  });
});

describe('centreOf', () => {
  it('is the mean of the partials in the logarithm, of those that can be heard', () => {
    expect(centreOf(two, 400)).toBeCloseTo(400 * Math.sqrt(2.5), 6);
    expect(centreOf(two, 4_000)).toBeCloseTo(4_000, 6); // 10 kHz is beyond
  });
});

describe('addTimbre', () => {
  it('sounds its partials and nothing between them', () => {
    const out = emptyScene();
    addTimbre(out, two, steady(800), steady(0.3), random(2));
    const heard = profile(magnitudes(out));
    const [low, middle, high] = [800, 1_300, 2_000].map((hz) => heard[bandOf(hz)] ?? 0);
    expect(Math.min(low ?? 0, high ?? 0)).toBeGreaterThan(20 * (middle ?? 1));
  });
});
