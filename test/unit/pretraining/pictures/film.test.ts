import { describe, expect, it } from 'vitest';
import { lumaInto } from '../../../../src/features/pixels.ts';
import { PICTURE_PIXELS } from '../../../../src/features/spec.ts';
import { chain, inverse, scaling } from '../../../../src/pretraining/pictures/affine.ts';
import { drawShot, film, type Scene, type Shot } from '../../../../src/pretraining/pictures/film.ts';
import { displacement, type Motion, STILL } from '../../../../src/pretraining/pictures/motion.ts';
import { disc } from '../../../../src/pretraining/pictures/outlines.ts';
import { fill, paintRegion, plainPaint } from '../../../../src/pretraining/pictures/raster.ts';
import { random } from '../../../../src/random.ts';

const SEEDS = Array.from({ length: 24 }, (_, seed) => seed);
const WHITE = plainPaint([1, 1, 1]);

/** A white disc on black that moves, in the eyes of a camera without faults. */
function disced(motion: Motion): Scene {
  return {
    changes: !motion.whole,
    paint: (to, { time, view }) => {
      fill(to, [0, 0, 0]);
      const own = motion.whole ? STILL : motion;
      const place = chain(inverse(view), displacement(own, time), scaling(0.3));
      paintRegion(to, place, { distance: disc, reach: 1 }, WHITE);
    },
  };
}

const clean = (shot: Shot): Shot => ({
  ...shot,
  look: { ...shot.look, light: null, blurPasses: 0, unsteadiness: 0, noise: [0, 0], coarseness: 0 },
});

/** Centres of what is bright in each picture, oldest first. */
function path(motion: Motion, seed: number): (readonly [number, number])[] {
  const shot = clean(drawShot(random(seed), { motion, keepsColour: true }));
  const { rgb, older } = film(shot, disced(motion), random(3)); // a seed without an occluder
  const lumas = new Uint8Array(4 * PICTURE_PIXELS);
  lumaInto(lumas, 0, rgb);
  lumas.set(older, PICTURE_PIXELS);
  return [3, 2, 1, 0].map((k) => {
    const luma = lumas.subarray(k * PICTURE_PIXELS, (k + 1) * PICTURE_PIXELS);
    let [sum, x, y] = [0, 0, 0];
    luma.forEach((value, p) => {
      const bright = value > 128 ? value : 0;
      [sum, x, y] = [sum + bright, x + bright * (p % 96), y + bright * Math.floor(p / 96)];
    });
    return [x / sum, y / sum];
  });
}

describe('film', () => {
  it('shows motion in its direction, older pictures earlier, whether the thing or the camera moves', () => {
    for (const whole of [false, true]) {
      for (const seed of SEEDS) {
        const places = path({ ...STILL, velocity: [0.12, 0], whole }, seed);
        const steps = places.slice(1).map(([x], i) => x - places[i]![0]);
        // 0.12 half frames are 5.8 pixels; the camera may be a fifth closer or farther, and rolled.
        for (const step of steps) expect(step).toBeGreaterThan(3);
        for (const step of steps) expect(step).toBeLessThan(9);
      }
    }
  });

  it('tells opposite directions', () => {
    for (const seed of SEEDS) {
      const [up, down] = [
        path({ ...STILL, velocity: [0, -0.1] }, seed),
        path({ ...STILL, velocity: [0, 0.1] }, seed),
      ];
      expect(up[3]![1] - up[0]![1]).toBeLessThan(-8);
      expect(down[3]![1] - down[0]![1]).toBeGreaterThan(8);
    }
  });

  it('paints a still scene once, unless a hand trembles', () => {
    for (const seed of SEEDS) {
      let painted = 0;
      const shot = drawShot(random(seed), { motion: STILL, keepsColour: false });
      const still = new Set(shot.pictures.map(([instant]) => instant?.view)).size === 1;
      const scene = { changes: false, paint: () => void painted++ };
      film(shot, scene, random(1));
      expect(painted).toBe(still ? 1 : 4);
    }
  });

  it('gives a still scene no luma differences but for noise', () => {
    const still = SEEDS.map((seed) => clean(drawShot(random(seed), { motion: STILL, keepsColour: false })));
    const [shot] = still.filter(
      ({ pictures }) => new Set(pictures.map(([instant]) => instant?.view)).size === 1,
    );
    if (!shot) throw new Error('no still camera among the seeds');
    const { rgb, older } = film(shot, disced(STILL), random(3));
    const luma = new Uint8Array(PICTURE_PIXELS);
    lumaInto(luma, 0, rgb);
    for (let k = 0; k < 3; k++)
      expect(older.subarray(k * PICTURE_PIXELS, (k + 1) * PICTURE_PIXELS)).toEqual(luma);
  });
});

describe('drawShot', () => {
  it('smears some of the motions and no still scene', () => {
    const instants = (motion: Motion): number[] =>
      SEEDS.map((seed) => drawShot(random(seed), { motion, keepsColour: false }).pictures[0]?.length ?? 0);
    expect(new Set(instants(STILL))).toEqual(new Set([1]));
    expect(new Set(instants({ ...STILL, velocity: [0.1, 0] }))).toEqual(new Set([1, 3]));
  });

  it('takes the pictures about a luma step apart, newest first', () => {
    const { pictures } = drawShot(random(1), { motion: STILL, keepsColour: false });
    expect(pictures).toHaveLength(4);
    pictures.forEach(([instant], k) => {
      expect(Math.abs((instant?.time ?? Number.NaN) + k)).toBeLessThan(0.07);
    });
  });
});
