import { describe, expect, it } from 'vitest';

import { drawCall } from '../../../../src/pretraining/sounds/calls.ts';
import { random } from '../../../../src/random.ts';
import { distance, magnitudes, profile } from './hearing.ts';

/** Share of each band in the sound. */
function colour(scene: Float32Array): readonly number[] {
  const bands = profile(magnitudes(scene));
  const all = bands.reduce((sum, x) => sum + x, 0);
  return bands.map((x) => x / all);
}

describe('drawCall', () => {
  it('keeps its pitch and resonances: one call’s renderings are nearer than two calls', () => {
    const source = random(1);
    const calls = Array.from({ length: 12 }, () => {
      const call = drawCall(source);
      return [colour(call.play(source)), colour(call.play(source))] as const;
    });
    const own = calls.reduce((sum, [one, two]) => sum + distance(one, two), 0);
    const others = calls.reduce(
      (sum, [one], k) => sum + distance(one, calls[(k + 1) % calls.length]?.[1] ?? []),
      0,
    );
    expect(others).toBeGreaterThan(1.5 * own);
  });
});
