import { describe, expect, it } from 'vitest';
import { brownian, normals, valueNoise } from '../../../../src/pretraining/pictures/noise.ts';

describe('normals', () => {
  it('are standard normal', () => {
    const mean = normals.reduce((sum, value) => sum + value, 0) / normals.length;
    const variance = normals.reduce((sum, value) => sum + value * value, 0) / normals.length - mean ** 2;
    // Five standard errors of 65536 draws: 5 / 256 for the mean, 5 sqrt(2) / 256 for the variance.
    expect(Math.abs(mean)).toBeLessThan(5 / 256);
    expect(Math.abs(variance - 1)).toBeLessThan((5 * Math.SQRT2) / 256);
  });
});

describe('valueNoise', () => {
  it('is smooth, also left of and above the origin', () => {
    for (let i = -300; i < 300; i++) {
      const [x, y] = [i * 0.37, i * -0.53];
      expect(Math.abs(valueNoise(x + 1e-4, y) - valueNoise(x, y))).toBeLessThan(1e-3);
      expect(valueNoise(x, y)).toBeGreaterThanOrEqual(0);
      expect(valueNoise(x, y)).toBeLessThanOrEqual(1);
    }
  });

  it('repeats after 128', () => {
    expect(valueNoise(3.25, 7.5)).toBe(valueNoise(3.25 + 128, 7.5 - 128));
  });
});

describe('brownian', () => {
  it('stays within 0 and 1 and gets rougher with the gain', () => {
    const roughness = (gain: number): number => {
      let sum = 0;
      for (let i = 0; i < 2000; i++) {
        const [x, y] = [i * 0.713, i * 0.291];
        const value = brownian(x, y, 4, gain);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        sum += Math.abs(brownian(x + 0.05, y, 4, gain) - value);
      }
      return sum;
    };
    expect(roughness(0.75)).toBeGreaterThan(1.3 * roughness(0.3));
  });
});
