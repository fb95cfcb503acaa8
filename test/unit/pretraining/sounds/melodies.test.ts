import { describe, expect, it } from 'vitest';

import { drawMelody } from '../../../../src/pretraining/sounds/melodies.ts';
import { random } from '../../../../src/random.ts';
import { power } from './hearing.ts';

describe('drawMelody', () => {
  it('says where the last note lies beside the first one', () => {
    const source = random(1);
    const slopes = Array.from({ length: 100 }, () => drawMelody(source).measured.slope ?? Number.NaN);
    expect(slopes.filter((slope) => slope > 0).length).toBeGreaterThan(20);
    expect(slopes.filter((slope) => slope < 0).length).toBeGreaterThan(20);
  });

  it('is heard within the window, at another place each time', () => {
    const source = random(2);
    for (let k = 0; k < 10; k++) {
      const melody = drawMelody(source);
      const onsets = [0, 1, 2].map(() => melody.play(source).findIndex((x) => Math.abs(x) > 0.01));
      expect(new Set(onsets).size).toBe(3);
      expect(power(melody.play(source).subarray(3_200))).toBeGreaterThan(1e-4);
    }
  });
});
