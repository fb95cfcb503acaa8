import { describe, expect, it } from 'vitest';
import { scaling, translation } from '../../../../src/pretraining/pictures/affine.ts';
import type { Shot } from '../../../../src/pretraining/pictures/film.ts';
import { drawShot } from '../../../../src/pretraining/pictures/film.ts';
import { STILL } from '../../../../src/pretraining/pictures/motion.ts';
import { frame } from '../../../../src/pretraining/pictures/raster.ts';
import { fieldSurface, hang, rampMean, rampThrough } from '../../../../src/pretraining/pictures/surface.ts';
import { random } from '../../../../src/random.ts';

const greys = rampThrough([
  [0, 0, 0],
  [1, 1, 1],
]);
const smooth = fieldSurface((x, y) => 0.5 + 0.2 * Math.sin(3 * x) + 0.2 * Math.cos(2 * y), greys, scaling(1));
const { look } = drawShot(random(1), { motion: STILL, keepsColour: true });
const shotOf = (...views: Shot['pictures'][number][number]['view'][]): Shot => ({
  look,
  pictures: views.map((view, k) => [{ time: -k, view }]),
});

describe('hang', () => {
  it('shows a moving camera from a sheet what a still one sees directly', () => {
    const view = translation(0.2, -0.1);
    const [still, moving] = [frame(), frame()];
    hang(smooth, shotOf(view, view))(still, { time: 0, view });
    hang(smooth, shotOf(view, translation(0.4, 0)))(moving, { time: 0, view });
    const worst = Math.max(...still.rgb.map((value, i) => Math.abs(value - moving.rgb[i]!)));
    expect(worst).toBeLessThan(0.02); // two entries of the ramp
  });

  it('remembers the picture of a still camera', () => {
    const view = translation(0.2, -0.1);
    const paint = hang(smooth, shotOf(view, view));
    const [first, second] = [frame(), frame()];
    paint(first, { time: 0, view });
    first.rgb.forEach((_, i) => {
      second.rgb[i] = -1;
    });
    paint(second, { time: -1, view });
    expect(second.rgb).toEqual(first.rgb);
  });
});

describe('rampThrough', () => {
  it('runs from the first colour to the last', () => {
    const ramp = rampThrough([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect([...ramp.slice(0, 3)]).toEqual([1, 0, 0]);
    expect([...ramp.slice(-3)]).toEqual([0, 0, 1]);
    expect(rampMean(ramp).map((value) => Math.round(value * 100))).toEqual([25, 50, 25]);
  });
});
