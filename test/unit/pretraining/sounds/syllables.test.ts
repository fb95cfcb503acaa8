import { describe, expect, it } from 'vitest';

import { loudness } from '../../../../src/pretraining/sounds/recording.ts';
import { drawSyllables } from '../../../../src/pretraining/sounds/syllables.ts';
import { random } from '../../../../src/random.ts';

describe('drawSyllables', () => {
  it('is heard in every window: another voice, pace and place each time', () => {
    const source = random(1);
    for (let k = 0; k < 20; k++) {
      const word = drawSyllables(source);
      const scenes = [word.play(source), word.play(source)];
      for (const scene of scenes) expect(loudness(scene)).toBeGreaterThan(0.05);
      expect(scenes[0]).not.toEqual(scenes[1]);
    }
  });
});
