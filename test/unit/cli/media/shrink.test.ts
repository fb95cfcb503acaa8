import { describe, expect, it } from 'vitest';

import { encodedSize, shrink } from '../../../../server/cli/media/shrink.ts';

describe('encodedSize', () => {
  it.each([
    [320, 240, 320, 240],
    [641, 480, 640, 478], // 480 * 640 / 641 = 479.3
    [1920, 1080, 640, 360],
    [1080, 1920, 270, 480],
    [321, 241, 320, 240],
    [8, 8, 16, 16],
  ])('takes %i x %i to %i x %i', (width, height, toWidth, toHeight) => {
    expect(encodedSize({ width, height })).toEqual({ width: toWidth, height: toHeight });
  });
});

describe('shrink', () => {
  const planes = [
    { offset: 0, stride: 4 },
    { offset: 8, stride: 2 },
    { offset: 10, stride: 2 },
  ] as const;
  const picture = {
    data: Uint8Array.of(0, 10, 20, 30, 10, 20, 30, 40, 100, 120, 7, 9),
    width: 4,
    height: 2,
    planes,
  };

  it('copies a picture of the same size', () => {
    expect(shrink(picture, { width: 4, height: 2 })).toEqual(picture.data);
  });

  it('averages what lies under each pixel', () => {
    expect(shrink(picture, { width: 2, height: 2 })).toEqual(Uint8Array.of(5, 25, 15, 35, 110, 8));
  });
});
