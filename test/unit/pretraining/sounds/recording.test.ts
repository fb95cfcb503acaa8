import { describe, expect, it } from 'vitest';

import { melOf } from '../../../../src/features/mel.ts';
import { audioPlanes } from '../../../../src/features/normalize.ts';
import { drawHum } from '../../../../src/pretraining/sounds/hums.ts';
import { loudness, record } from '../../../../src/pretraining/sounds/recording.ts';
import { emptyScene, LEAD } from '../../../../src/pretraining/sounds/scene.ts';
import { drawSyllables } from '../../../../src/pretraining/sounds/syllables.ts';
import { random } from '../../../../src/random.ts';
import { distance } from './hearing.ts';

const secondPlane = (mel: Float32Array): Float32Array => audioPlanes(mel).filter((_, i) => i % 2 === 1);

describe('loudness', () => {
  it('is the deviation of the loudest tenth of a second of the window', () => {
    const scene = emptyScene();
    scene.fill(5, 0, LEAD); // before the window: not heard
    scene.fill(0.5, LEAD + 4_000, LEAD + 5_600);
    expect(loudness(scene)).toBeCloseTo(0.5, 6);
    scene.fill(0, LEAD + 4_800); // half a tenth
    expect(loudness(scene)).toBeCloseTo(0.5 * Math.SQRT1_2, 6);
  });
});

describe('record', () => {
  it('forgets how loud the scene was', () => {
    const scene = drawSyllables(random(1)).play(random(2));
    const louder = scene.map((x) => 4 * x); // a power of two: no rounding
    expect(record(louder, random(3), drawHum).mel).toEqual(record(scene, random(3), drawHum).mel);
  });

  it('survives silence', () => {
    for (let seed = 0; seed < 20; seed++)
      expect(record(emptyScene(), random(seed), drawHum).mel.every(Number.isFinite)).toBe(true);
  });

  it('spreads levels by tens of decibels', () => {
    const source = random(4);
    const loudest = Array.from({ length: 60 }, () =>
      Math.max(...record(drawHum(source).play(source), source, drawHum).mel),
    );
    expect(Math.max(...loudest) - Math.min(...loudest)).toBeGreaterThan(Math.log(10)); // 20 dB
  });
});

describe('a gain of 6 dB', () => {
  it('changes plane 1 of a syllable string far less than another string does', () => {
    const source = random(5);
    const voice = (gain: number, seed: number): Float32Array => {
      const scene = drawSyllables(random(seed)).play(random(7));
      const scale = gain / loudness(scene);
      const noise = random(9); // of 48 dB below the louder voice, and as much changed by the gain
      return secondPlane(melOf(scene.subarray(LEAD).map((x) => scale * x + 0.02 * gain * noise.normal())));
    };
    const seed = source.integer(1_000);
    const change = distance(voice(0.1, seed), voice(0.2, seed));
    expect(change).toBeLessThan(0.3 * distance(voice(0.1, seed), voice(0.1, seed + 1)));
  });
});
