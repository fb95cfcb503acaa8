import { describe, expect, it } from 'vitest';

import { whiteNoise } from '../../../../src/pretraining/sounds/noise.ts';
import { random } from '../../../../src/random.ts';
import { power } from './hearing.ts';

describe('whiteNoise', () => {
  const noise = whiteNoise(random(1), 20_000);

  it('has mean 0 and deviation 1', () => {
    // Of 20 000 draws: deviation of the mean 0.007, of the power 0.006.
    expect(noise.reduce((sum, x) => sum + x, 0) / noise.length).toBeCloseTo(0, 1);
    expect(power(noise)).toBeCloseTo(1, 1);
  });

  it('does not remember: neighbours are uncorrelated', () => {
    for (const lag of [1, 2, 32, 160]) {
      const product = noise.subarray(lag).reduce((sum, x, n) => sum + x * (noise[n] ?? 0), 0) / noise.length;
      expect(Math.abs(product)).toBeLessThan(0.03); // four deviations
    }
  });

  it('is another one after the next draw', () => {
    const source = random(1);
    expect(whiteNoise(source, 4)).not.toEqual(whiteNoise(source, 4));
  });
});
