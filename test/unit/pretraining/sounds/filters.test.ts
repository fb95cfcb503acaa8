import { describe, expect, it } from 'vitest';

import {
  type Biquad,
  bandPass,
  filter,
  highPass,
  lowPass,
  peak,
  sweep,
} from '../../../../src/pretraining/sounds/filters.ts';
import { emptyScene, steady } from '../../../../src/pretraining/sounds/scene.ts';
import { power } from './hearing.ts';

/** Gain in decibels at a frequency, once the filter has settled. */
function gainAt(biquad: Biquad, hz: number): number {
  const samples = Float32Array.from({ length: 8_000 }, (_, n) => Math.sin((2 * Math.PI * hz * n) / 16_000));
  filter(samples, biquad);
  return 10 * Math.log10(power(samples.subarray(4_000)) / (1 / 2));
}

describe('filter', () => {
  it('passes low or high, 3 dB down at the corner and about 12 dB an octave beyond', () => {
    expect(gainAt(lowPass(1_000), 1_000)).toBeCloseTo(-3, 1);
    expect(gainAt(lowPass(1_000), 50)).toBeCloseTo(0, 1);
    expect(gainAt(lowPass(1_000), 2_000)).toBeLessThan(-11);
    expect(gainAt(highPass(1_000), 1_000)).toBeCloseTo(-3, 1);
    expect(gainAt(highPass(1_000), 7_000)).toBeCloseTo(0, 1);
    expect(gainAt(highPass(1_000), 500)).toBeLessThan(-11);
  });

  it('passes a band’s centre unchanged, and half the power where it is as wide as its quality says', () => {
    expect(gainAt(bandPass(2_000, 10), 2_000)).toBeCloseTo(0, 2);
    expect(gainAt(bandPass(2_000, 10), 2_000 + 100)).toBeCloseTo(-3, 0);
  });

  it('raises and lowers by its gain', () => {
    expect(gainAt(peak(1_500, 1, 7), 1_500)).toBeCloseTo(7, 2);
    expect(gainAt(peak(1_500, 1, -7), 1_500)).toBeCloseTo(-7, 2);
    expect(gainAt(peak(1_500, 1, 7), 50)).toBeCloseTo(0, 1);
  });
});

describe('sweep', () => {
  it('is the band pass where nothing moves', () => {
    const samples = emptyScene().map((_, n) => Math.sin(n * n));
    const expected = samples.slice();
    filter(expected, bandPass(900, 3));
    sweep(samples, steady(900), steady(3));
    expect(Math.max(...samples.map((x, n) => Math.abs(x - (expected[n] ?? 0))))).toBeLessThan(1e-5);
  });
});
