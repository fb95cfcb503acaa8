import { describe, expect, it } from 'vitest';

import {
  BLOCK,
  emptyScene,
  LEAD,
  SCENE_SAMPLES,
  steady,
  track,
} from '../../../../src/pretraining/sounds/scene.ts';
import { addWave, harmonicsOf, SINE_WAVE, wave } from '../../../../src/pretraining/sounds/waves.ts';
import { bandOf, centroid, magnitudes } from './hearing.ts';

describe('wave', () => {
  it('adds its harmonics up', () => {
    const period = wave([1, 0.5], [0, 0.25]);
    const at = (share: number): number => Math.sin(2 * Math.PI * share) + 0.5 * Math.cos(4 * Math.PI * share);
    for (const place of [0, 100, 700, 2_048]) expect(period[place]).toBeCloseTo(at(place / 2_048), 5);
  });
});

describe('harmonicsOf', () => {
  it('counts those below 7600 Hz, and one at least', () => {
    expect([harmonicsOf(100), harmonicsOf(3_800), harmonicsOf(9_000)]).toEqual([76, 2, 1]);
  });
});

describe('addWave', () => {
  it('writes a sine of its pitch, amplitude and phase, on top of what is there', () => {
    const out = emptyScene().fill(1);
    addWave(out, SINE_WAVE, steady(440), steady(0.5), 0.25);
    for (const n of [0, 1, 977, SCENE_SAMPLES - 1])
      expect(out[n]).toBeCloseTo(1 + 0.5 * Math.cos((2 * Math.PI * 440 * n) / 16_000), 2);
  });

  it('keeps its phase over a silence', () => {
    const broken = emptyScene();
    const whole = emptyScene();
    addWave(
      broken,
      SINE_WAVE,
      steady(333),
      track((at) => (at > 0.2 && at < 0.5 ? 0 : 1)),
      0,
    );
    addWave(whole, SINE_WAVE, steady(333), steady(1), 0);
    expect(broken[LEAD + 5_000]).toBe(0);
    for (const n of [LEAD, SCENE_SAMPLES - BLOCK]) expect(broken[n]).toBeCloseTo(whole[n] ?? 0, 2);
  });

  it('glides', () => {
    const out = emptyScene();
    addWave(
      out,
      SINE_WAVE,
      track((at) => (at < 0 ? 500 : 500 + 2_000 * at)),
      steady(1),
      0,
    );
    const columns = magnitudes(out);
    expect(centroid(columns[3] ?? [])).toBeCloseTo(bandOf(500 + 2_000 * 0.042), -0.5); // the column's middle
    expect(centroid(columns[90] ?? [])).toBeCloseTo(bandOf(500 + 2_000 * 0.912), -0.5);
  });
});
