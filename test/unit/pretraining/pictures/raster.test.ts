import { describe, expect, it } from 'vitest';
import { PICTURE_SIZE } from '../../../../src/features/spec.ts';
import {
  chain,
  IDENTITY,
  rotation,
  scaling,
  translation,
} from '../../../../src/pretraining/pictures/affine.ts';
import { disc } from '../../../../src/pretraining/pictures/outlines.ts';
import {
  fill,
  frame,
  PIXEL,
  paintRegion,
  plainPaint,
  type Raster,
  warpInto,
} from '../../../../src/pretraining/pictures/raster.ts';

const WHITE = plainPaint([1, 1, 1]);
const DISC = { distance: disc, reach: 1 };
const red = ({ rgb }: Raster, column: number, row: number): number => rgb[3 * (row * PICTURE_SIZE + column)]!;
const area = ({ rgb }: Raster): number => (rgb.reduce((sum, value) => sum + value, 0) / 3) * PIXEL ** 2;

describe('paintRegion', () => {
  it('covers the area of what it paints, wherever that is', () => {
    for (const place of [scaling(0.5), chain(translation(0.31, -0.17), rotation(1), scaling(0.5))]) {
      const picture = frame();
      paintRegion(picture, place, DISC, WHITE);
      // Antialiased edges leave less than a percent of the area open.
      expect(area(picture)).toBeCloseTo(Math.PI * 0.5 ** 2, 2);
    }
  });

  it('puts what is moved right and down into the right lower quarter', () => {
    const picture = frame();
    paintRegion(picture, chain(translation(0.5, 0.5), scaling(0.2)), DISC, WHITE);
    expect(red(picture, 72, 72)).toBe(1);
    expect(red(picture, 24, 72)).toBe(0);
    expect(red(picture, 72, 24)).toBe(0);
  });

  it('cuts off what lies outside the frame', () => {
    const picture = frame();
    paintRegion(picture, chain(translation(1, 0), scaling(0.5)), DISC, WHITE);
    expect(area(picture)).toBeCloseTo((Math.PI * 0.5 ** 2) / 2, 2);
    paintRegion(picture, translation(5, 5), DISC, WHITE);
    expect(area(picture)).toBeCloseTo((Math.PI * 0.5 ** 2) / 2, 2);
  });

  it('lets through what is behind something half opaque', () => {
    const picture = frame();
    fill(picture, [0.2, 0.2, 0.2]);
    paintRegion(picture, scaling(0.5), DISC, { ...WHITE, opacity: 0.5 });
    expect(red(picture, 48, 48)).toBeCloseTo((0.2 + 1) / 2, 6);
  });

  it('runs from one colour to the other along its direction', () => {
    const picture = frame();
    paintRegion(picture, IDENTITY, DISC, { ...WHITE, from: [0, 0, 0], along: [1, 0] });
    expect(red(picture, 16, 48)).toBeLessThan(red(picture, 48, 48));
    expect(red(picture, 48, 48)).toBeLessThan(red(picture, 80, 48));
    expect(red(picture, 48, 16)).toBe(red(picture, 48, 80));
  });
});

describe('warpInto', () => {
  const sheet = frame();
  paintRegion(sheet, chain(translation(0.3, 0.1), scaling(0.3)), DISC, WHITE);

  it('copies a sheet that is looked at straight', () => {
    const picture = frame();
    warpInto(picture, sheet, IDENTITY);
    for (const pixel of [0, 1000, 5000, 9000])
      expect(picture.rgb[3 * pixel]).toBeCloseTo(sheet.rgb[3 * pixel]!, 2);
  });

  it('shows what lies to the right at the left when looked at from the right', () => {
    const picture = frame();
    warpInto(picture, sheet, translation(0.5, 0));
    expect(red(picture, 38, 52)).toBe(1); // 0.3 - 0.5 = -0.2
    expect(red(picture, 62, 52)).toBe(0);
  });
});
