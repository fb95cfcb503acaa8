import { describe, expect, it } from 'vitest';

import { bandNoise, drawNoise, qualityOf } from '../../../../src/pretraining/sounds/noises.ts';
import { random } from '../../../../src/random.ts';
import { bandOf, centroid, magnitudes, profile } from './hearing.ts';

describe('qualityOf', () => {
  it('is centre over width, for a width in octaves', () => {
    expect(qualityOf(1)).toBeCloseTo(1 / (Math.SQRT2 - Math.SQRT1_2), 9);
    expect(qualityOf(2)).toBeCloseTo(1 / (2 - 1 / 2), 9);
  });
});

describe('bandNoise', () => {
  it('lies around its centre, and wider where it is wider', () => {
    const heard = (octaves: number): readonly number[] =>
      profile(magnitudes(bandNoise(random(1), 1_500, octaves)));
    expect(centroid(heard(0.3))).toBeCloseTo(bandOf(1_500), -0.7);
    const loudBands = (bands: readonly number[]): number =>
      bands.filter((x) => x > 0.5 * Math.max(...bands)).length;
    expect(loudBands(heard(2))).toBeGreaterThan(2 * loudBands(heard(0.3)));
  });
});

describe('drawNoise', () => {
  it('rises and falls as it says', () => {
    const source = random(2);
    const rises = { 'noise-rising': [0], 'noise-falling': [0] };
    for (let k = 0; k < 60; k++) {
      const noise = drawNoise(source);
      if (noise.kind !== 'noise-rising' && noise.kind !== 'noise-falling') continue;
      const columns = magnitudes(noise.play(source));
      const loudest = Math.max(...columns.flat());
      const bands = columns.filter((column) => Math.max(...column) > 0.25 * loudest).map(centroid);
      rises[noise.kind].push((bands.at(-2) ?? 0) - (bands[1] ?? 0));
    }
    expect(rises['noise-rising'].length).toBeGreaterThan(5);
    expect(rises['noise-falling'].length).toBeGreaterThan(5);
    expect(rises['noise-rising'].filter((rise) => rise < 0)).toEqual([]);
    expect(rises['noise-falling'].filter((rise) => rise > 0)).toEqual([]);
  });
});
