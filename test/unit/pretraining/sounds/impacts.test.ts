import { describe, expect, it } from 'vitest';

import { type Body, drawImpact, strike } from '../../../../src/pretraining/sounds/impacts.ts';
import { emptyScene, LEAD } from '../../../../src/pretraining/sounds/scene.ts';
import { random } from '../../../../src/random.ts';
import { bandOf, centroid, magnitudes, power } from './hearing.ts';

const bar: Body = {
  material: 'metal',
  modes: [{ hz: 1_000, gain: 1, decay: 0.5 }],
  knock: 0,
  contact: 0.003,
  dullness: 2_000,
};

describe('strike', () => {
  it('rings at its mode and falls by 60 dB in its time', () => {
    const scene = emptyScene();
    strike(scene, LEAD, bar, random(1));
    expect(centroid(magnitudes(scene)[5] ?? [])).toBeCloseTo(bandOf(1_000), -0.5);
    const level = (seconds: number): number =>
      power(scene.subarray(LEAD + 16_000 * seconds, LEAD + 16_000 * (seconds + 0.02)));
    // A quarter of a second is half the time: 30 dB, and a tenth more or less from one blow to the next.
    expect(10 * Math.log10(level(0.05) / level(0.3))).toBeGreaterThan(30 * 0.7);
    expect(10 * Math.log10(level(0.05) / level(0.3))).toBeLessThan(30 * 1.4);
  });

  it('leaves what was before the blow', () => {
    const scene = emptyScene();
    strike(scene, 6_000, { ...bar, knock: 1 }, random(1));
    expect(power(scene.subarray(0, 6_000))).toBe(0);
  });
});

describe('drawImpact', () => {
  it('tells bodies apart by how long they ring', () => {
    const source = random(3);
    const drawn = Array.from({ length: 200 }, () => drawImpact(source));
    const decay = (kind: string): number => {
      const all = drawn.filter((thing) => thing.kind === kind).map(({ measured }) => measured.decay ?? 0);
      return all.reduce((sum, x) => sum + x, 0) / all.length;
    };
    expect(decay('impact-metal')).toBeGreaterThan(decay('impact-wood') + 0.5);
  });
});
