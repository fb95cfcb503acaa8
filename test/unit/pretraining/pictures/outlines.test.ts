import { describe, expect, it } from 'vitest';
import {
  boxCorners,
  disc,
  moved,
  outlined,
  polygon,
  starCorners,
  strokes,
  without,
} from '../../../../src/pretraining/pictures/outlines.ts';

describe('polygon', () => {
  it('measures how far a point is from a box', () => {
    const box = polygon(boxCorners(1, 2));
    expect(box(0, 0)).toBeCloseTo(-1, 12);
    expect(box(0.75, 0)).toBeCloseTo(-0.25, 12);
    expect(box(3, 0)).toBeCloseTo(3 - 1, 12);
    expect(box(1 + 3, 2 + 4)).toBeCloseTo(Math.hypot(3, 4), 12);
  });

  it('knows the inside of a star between its tips', () => {
    const star = polygon(starCorners(5, 0.4));
    expect(star(0, -0.95)).toBeLessThan(0); // the upper tip
    expect(star(0, 0.95)).toBeGreaterThan(0); // between the two lower ones
    expect(star(0, 0)).toBeLessThan(0);
  });
});

describe('starCorners', () => {
  it('gives a polygon its own number of corners, and a star twice as many', () => {
    expect(starCorners(6, 1)).toHaveLength(2 * 6);
    expect(starCorners(6, 0.5)).toHaveLength(2 * 12);
  });
});

describe('strokes', () => {
  it('measures from the nearest stroke, less half its width', () => {
    const cross = strokes([-1, 0, 1, 0, 0, -1, 0, 1], 0.1);
    expect(cross(0, 0)).toBeCloseTo(-0.1, 12);
    expect(cross(0.5, 0.3)).toBeCloseTo(0.3 - 0.1, 12);
    expect(cross(2, 0)).toBeCloseTo(1 - 0.1, 12);
  });
});

describe('outlined', () => {
  it('leaves a band inside the outline', () => {
    const ring = outlined(disc, 0.1);
    expect(ring(0.9, 0)).toBeCloseTo(-0.1, 12);
    expect(ring(1, 0)).toBeCloseTo(0, 12);
    expect(ring(0.8, 0)).toBeCloseTo(0, 12);
    expect(ring(0, 0)).toBeGreaterThan(0);
  });
});

describe('without', () => {
  it('takes one region out of another', () => {
    const crescent = without(disc, moved(disc, 0.5, 0));
    expect(crescent(-0.75, 0)).toBeLessThan(0);
    expect(crescent(0.25, 0)).toBeGreaterThan(0);
  });
});
