import { describe, expect, it } from 'vitest';

import { addBackground } from '../../../../src/pretraining/sounds/background.ts';
import { throughChannel } from '../../../../src/pretraining/sounds/channel.ts';
import { emptyScene } from '../../../../src/pretraining/sounds/scene.ts';
import { random } from '../../../../src/random.ts';
import { power } from './hearing.ts';

const levels = Array.from({ length: 100 }, (_, seed) => {
  const scene = emptyScene();
  addBackground(scene, random(seed));
  return 10 * Math.log10(power(scene));
});

describe('addBackground', () => {
  it('adds noise of many levels, and now and then none', () => {
    const silent = levels.filter((level) => level === Number.NEGATIVE_INFINITY).length;
    expect(silent).toBeGreaterThan(8); // 20 expected, deviation 4
    expect(silent).toBeLessThan(35);
    const heard = levels.filter(Number.isFinite);
    expect(Math.max(...heard)).toBeGreaterThan(-15);
    expect(Math.min(...heard)).toBeLessThan(-35);
  });
});

describe('throughChannel', () => {
  it('takes silence to silence and noise to noise of another colour', () => {
    const silence = emptyScene();
    throughChannel(silence, random(1));
    expect(power(silence)).toBe(0);
    const noise = emptyScene().map((_, n) => Math.sin(n * n));
    const changed = Array.from({ length: 20 }, (_, seed) => {
      const heard = noise.slice();
      throughChannel(heard, random(seed));
      return power(heard.map((x, n) => x - (noise[n] ?? 0))) > 1e-4;
    });
    expect(changed.filter(Boolean).length).toBeGreaterThan(12); // a tenth is left as it is, a part of the rest nearly so
  });
});
