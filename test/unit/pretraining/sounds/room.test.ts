import { describe, expect, it } from 'vitest';

import { intoRoom } from '../../../../src/pretraining/sounds/room.ts';
import { emptyScene } from '../../../../src/pretraining/sounds/scene.ts';
import { random } from '../../../../src/random.ts';
import { power } from './hearing.ts';

function click(seed: number): Float32Array {
  const scene = emptyScene();
  scene[4_000] = 1;
  intoRoom(scene, random(seed));
  return scene;
}

describe('intoRoom', () => {
  it('is heard after the sound and never before it, and dies away', () => {
    const rooms = Array.from({ length: 20 }, (_, seed) => click(seed)).filter(
      (scene) => power(scene.subarray(4_001)) > 0,
    );
    expect(rooms.length).toBeGreaterThan(5);
    for (const scene of rooms) {
      expect(power(scene.subarray(0, 4_000))).toBe(0);
      expect(power(scene.subarray(12_000, 16_000))).toBeLessThan(0.5 * power(scene.subarray(4_001, 8_001)));
    }
  });

  it('stays 2 to 20 dB below the sound', () => {
    for (let seed = 0; seed < 20; seed++) {
      const echo = power(click(seed).subarray(4_001)) * (emptyScene().length - 4_001);
      if (echo === 0) continue;
      expect(10 * Math.log10(echo)).toBeGreaterThan(-21);
      expect(10 * Math.log10(echo)).toBeLessThan(-1);
    }
  });
});
