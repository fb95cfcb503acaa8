import { describe, expect, it } from 'vitest';

import { melOf } from '../../../../src/features/mel.ts';
import { audioPlanes } from '../../../../src/features/normalize.ts';
import { drawHum } from '../../../../src/pretraining/sounds/hums.ts';
import { LEAD } from '../../../../src/pretraining/sounds/scene.ts';
import { random } from '../../../../src/random.ts';
import { distance, magnitudes, profile } from './hearing.ts';

/** Plane 0 of the encoder's input: the one that keeps level. */
const fixedScale = (mel: Float32Array): Float32Array => audioPlanes(mel).filter((_, i) => i % 2 === 0);
const loudestBand = (columns: readonly (readonly number[])[]): number => {
  const heard = profile(columns);
  return heard.indexOf(Math.max(...heard));
};

describe('drawHum', () => {
  it('keeps pitch from one rendering to the next, within a band', () => {
    const source = random(1);
    const pure = Array.from({ length: 40 }, () => drawHum(source)).filter(({ kind }) => kind === 'hum-pure');
    expect(pure.length).toBeGreaterThan(3);
    for (const hum of pure) {
      const [one, two] = [
        loudestBand(magnitudes(hum.play(source))),
        loudestBand(magnitudes(hum.play(source))),
      ];
      expect(Math.abs(one - two)).toBeLessThanOrEqual(1);
    }
  });

  it('tells two pitches apart in plane 0 better than two renderings of one', () => {
    const source = random(2);
    const still = Array.from({ length: 40 }, () => drawHum(source)).filter(
      ({ measured }) => measured.wobble === undefined,
    );
    const hums = still.map((hum) =>
      [0, 1].map(() =>
        fixedScale(
          melOf(
            hum
              .play(source)
              .subarray(LEAD)
              .map((x) => 0.1 * x),
          ),
        ),
      ),
    );
    hums.forEach(([one, two], k) => {
      const [other] = hums[(k + 1) % hums.length] ?? [];
      if (!one || !two || !other) throw new Error('two renderings of each hum expected');
      expect(distance(one, other)).toBeGreaterThan(1.3 * distance(one, two));
    });
  });

  it('sounds from the window’s start to its end', () => {
    const source = random(3);
    for (let k = 0; k < 8; k++) {
      const columns = magnitudes(drawHum(source).play(source));
      const loud = (from: number): number => Math.max(...columns.slice(from, from + 48).flat());
      expect(Math.abs(Math.log(loud(0) / loud(48)))).toBeLessThan(0.7);
    }
  });
});
