import { describe, expect, it } from 'vitest';
import { blur } from '../../../../src/pretraining/pictures/blur.ts';
import { fill, frame } from '../../../../src/pretraining/pictures/raster.ts';

describe('blur', () => {
  it('spreads a point by 1, 2, 1 both ways', () => {
    const picture = frame();
    const at = 3 * (40 * 96 + 50);
    picture.rgb[at] = 16;
    blur(picture, 1);
    expect([
      picture.rgb[at],
      picture.rgb[at + 3],
      picture.rgb[at + 3 * 96],
      picture.rgb[at + 3 * 97],
    ]).toEqual([(16 * 2 * 2) / 16, (16 * 2) / 16, (16 * 2) / 16, 16 / 16]);
    expect(picture.rgb[at + 1]).toBe(0);
  });

  it('leaves a plain frame alone, edges included', () => {
    const picture = frame();
    fill(picture, [0.5, 0.25, 0.75]);
    const before = picture.rgb.slice();
    blur(picture, 3);
    expect(picture.rgb).toEqual(before);
  });
});
