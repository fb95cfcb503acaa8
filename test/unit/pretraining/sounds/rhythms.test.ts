import { describe, expect, it } from 'vitest';
import { loudness } from '../../../../src/pretraining/sounds/recording.ts';
import { drawRhythm } from '../../../../src/pretraining/sounds/rhythms.ts';
import { random } from '../../../../src/random.ts';

describe('drawRhythm', () => {
  it('is heard in every window, wherever it is entered', () => {
    for (let seed = 0; seed < 200; seed++) {
      const source = random(seed);
      expect(loudness(drawRhythm(source).play(source))).toBeGreaterThan(0.1);
    }
  });

  it('enters the same pattern at another place', () => {
    const source = random(2);
    const rhythm = drawRhythm(source);
    const first = (): number => rhythm.play(source).findIndex((x) => Math.abs(x) > 0.05);
    expect(new Set([first(), first(), first(), first()]).size).toBeGreaterThan(1);
  });
});
