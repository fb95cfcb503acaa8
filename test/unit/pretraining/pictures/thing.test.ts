import { describe, expect, it } from 'vitest';
import { chain, rotation, scaling } from '../../../../src/pretraining/pictures/affine.ts';
import { drawFigure } from '../../../../src/pretraining/pictures/figures.ts';
import { drawCrowd, drawPair } from '../../../../src/pretraining/pictures/groups.ts';
import { drawGlyph, drawWord, drawZigzag } from '../../../../src/pretraining/pictures/lines.ts';
import { frame, paintRegion, plainPaint } from '../../../../src/pretraining/pictures/raster.ts';
import { drawShape } from '../../../../src/pretraining/pictures/shapes.ts';
import type { Thing } from '../../../../src/pretraining/pictures/thing.ts';
import { type Random, random } from '../../../../src/random.ts';

const DRAWS: readonly (readonly [string, (source: Random) => Thing])[] = [
  ['drawShape', drawShape],
  ['drawGlyph', drawGlyph],
  ['drawWord', drawWord],
  ['drawZigzag', drawZigzag],
  ['drawFigure', drawFigure],
  ['drawPair', drawPair],
  ['drawCrowd', drawCrowd],
];
const SEEDS = Array.from({ length: 30 }, (_, seed) => seed);

/** Which points of a grid lie inside each part. */
function insides(thing: Thing, time: number): boolean[] {
  return thing.parts(time).flatMap(({ distance }) => {
    const points = Array.from(
      { length: 41 * 41 },
      (_, i) => [(i % 41) / 10 - 2, Math.floor(i / 41) / 10 - 2] as const,
    );
    return points.map(([x, y]) => distance(x, y) < 0);
  });
}

describe.each(DRAWS)('%s', (_, draw) => {
  it('draws something that lies within its reach', () => {
    for (const seed of SEEDS) {
      for (const { distance, reach } of draw(random(seed)).parts(0)) {
        let [nearest, outside] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
        for (let angle = 0; angle < 6.28; angle += 0.05) {
          const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
          outside = Math.min(outside, distance(1.001 * reach * cos, 1.001 * reach * sin));
          for (let radius = 0; radius < reach; radius += 0.03)
            nearest = Math.min(nearest, distance(radius * cos, radius * sin));
        }
        expect(nearest).toBeLessThan(0);
        expect(outside).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('keeps its form, unless it says that it changes', () => {
    for (const seed of SEEDS) {
      const thing = draw(random(seed));
      const same = insides(thing, 0).join() === insides(thing, -3).join();
      expect(same).toBe(!thing.changes);
    }
  });

  it('draws the same from the same seed and others from others', () => {
    const forms = SEEDS.slice(0, 20).map((seed) => insides(draw(random(seed)), 0).join());
    expect(insides(draw(random(3)), 0).join()).toBe(forms[3]);
    expect(new Set(forms).size).toBeGreaterThan(12);
  });

  it('measures no distance that is too long: pixels leapt over are empty', () => {
    let differing = 0;
    for (const seed of SEEDS.slice(0, 12)) {
      for (const { place, distance, reach } of draw(random(seed)).parts(0).slice(0, 3)) {
        const there = chain(rotation(0.4), scaling(0.6), place);
        const [leapt, looked] = [frame(), frame()];
        const near = (x: number, y: number): number => Math.min(distance(x, y), 1e-9);
        paintRegion(leapt, there, { distance, reach }, plainPaint([1, 1, 1]));
        paintRegion(looked, there, { distance: near, reach }, plainPaint([1, 1, 1]));
        // Beyond the edge the second one is never quite outside, so only insides can be compared.
        for (let i = 0; i < leapt.rgb.length; i++)
          if (leapt.rgb[i]! > 0.51 !== looked.rgb[i]! > 0.51) differing++;
      }
    }
    expect(differing).toBe(0);
  });
});
