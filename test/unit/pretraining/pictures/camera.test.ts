import { describe, expect, it } from 'vitest';
import { PICTURE_BYTES } from '../../../../src/features/spec.ts';
import { drawLook, expose, type Look } from '../../../../src/pretraining/pictures/camera.ts';
import type { Colour } from '../../../../src/pretraining/pictures/colour.ts';
import { fill, frame } from '../../../../src/pretraining/pictures/raster.ts';
import { random } from '../../../../src/random.ts';

const straight = new Float32Array(512).map((_, i) => Math.min(255, (255 * 2 * i) / 512));
const PERFECT: Look = {
  curves: [straight, straight, straight],
  light: null,
  blurPasses: 0,
  unsteadiness: 0,
  noise: [0, 0],
  coarseness: 0,
};

function taken(colour: Colour, look: Look, seed = 1): Uint8ClampedArray {
  const scene = frame();
  fill(scene, colour);
  const out = new Uint8ClampedArray(PICTURE_BYTES);
  expose(scene, look, out, random(seed));
  return out;
}

const meanOf = (picture: Uint8ClampedArray, channel: number): number =>
  picture.reduce((sum, value, i) => sum + (i % 3 === channel ? value : 0), 0) / (PICTURE_BYTES / 3);

describe('expose', () => {
  it('gives levels for light, and white for more than that', () => {
    const picture = taken([0.25, 0.5, 1.5], PERFECT);
    expect([...picture.slice(0, 3)]).toEqual([Math.round(255 / 4), Math.round(255 / 2), 255]);
    expect(new Set(picture).size).toBe(3);
  });

  it('adds noise of the deviation asked for, another each time', () => {
    const noisy = { ...PERFECT, noise: [3, 4] as const };
    const [one, other] = [taken([0.5, 0.5, 0.5], noisy, 1), taken([0.5, 0.5, 0.5], noisy, 2)];
    const squares = one.reduce((sum, value) => sum + (value - 127.5) ** 2, 0) / PICTURE_BYTES;
    expect(Math.sqrt(squares)).toBeGreaterThan(0.95 * Math.hypot(3, 4));
    expect(Math.sqrt(squares)).toBeLessThan(1.05 * Math.hypot(3, 4));
    expect(one).not.toEqual(other);
  });

  it('lights places as the look says', () => {
    const light = new Float32Array(96 * 96).fill(1);
    light[0] = 0.5;
    const picture = taken([0.5, 0.5, 0.5], { ...PERFECT, light });
    expect(picture[0]).toBeLessThan(picture[3]! / 1.9);
  });
});

describe('drawLook', () => {
  it('is the same from the same seed', () => {
    expect(drawLook(random(3), false)).toEqual(drawLook(random(3), false));
  });

  it('leaves a colour that matters recognizable, and shifts others more', () => {
    const shift = (keepsColour: boolean): number => {
      let sum = 0;
      for (let seed = 0; seed < 60; seed++) {
        const picture = taken([0.5, 0.5, 0.5], { ...drawLook(random(seed), keepsColour), coarseness: 0 });
        sum += Math.abs(meanOf(picture, 0) - meanOf(picture, 2)) / 60;
      }
      return sum;
    };
    expect(shift(true)).toBeLessThan(255 * 0.06);
    expect(shift(false)).toBeGreaterThan(2 * shift(true));
  });
});
