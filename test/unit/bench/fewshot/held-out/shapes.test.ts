import { describe, expect, it } from 'vitest';
import { MOTION_NAMES, MOTIONS } from '../../../../bench/fewshot/held-out/motions.ts';
import { rewritten } from '../../../../bench/fewshot/held-out/shapes/plants.ts';
import { coverAt, covered, strokes } from '../../../../bench/fewshot/held-out/shapes/stencil.ts';

describe('MOTIONS', () => {
  it.each(MOTION_NAMES)('%s comes back after one cycle', (name) => {
    for (const cycles of [0, 0.3, 0.85]) {
      const [now, later] = [MOTIONS[name](cycles, 1), MOTIONS[name](cycles + 1, 1)];
      for (const key of ['x', 'y', 'angle', 'scale', 'alpha'] as const)
        expect(later[key]).toBeCloseTo(now[key], 9);
    }
  });

  it.each(MOTION_NAMES)('%s shows within half a cycle', (name) => {
    const rest = MOTIONS[name](0.25, 1);
    const later = MOTIONS[name](0.75, 1);
    const moved = (['x', 'y', 'angle', 'scale', 'alpha'] as const).map((key) => later[key] - rest[key]);
    // Bouncing is at the same height a quarter before and after it touches the ground.
    const ground = MOTIONS[name](1, 1).y - rest.y;
    expect([...moved, ground].some((change) => Math.abs(change) > 0.1)).toBe(true);
  });
});

describe('rewritten', () => {
  it('replaces every letter at once, round by round', () => {
    expect(rewritten({ axiom: 'A', rules: { A: 'AB', B: 'A' }, rounds: 4 })).toBe('ABAABABA');
  });
});

describe('strokes', () => {
  const line = strokes(
    [
      [
        [-0.5, 0],
        [0.5, 0],
      ],
    ],
    0.2,
  );

  it('covers the line and its width, and nothing else', () => {
    expect(coverAt(line, 0, 0)).toBeCloseTo(1, 6);
    expect(coverAt(line, 0.3, 0.07)).toBeCloseTo(1, 6);
    expect(coverAt(line, 0, 0.15)).toBe(0);
    expect(coverAt(line, 0.8, 0)).toBe(0);
    expect(coverAt(line, 5, 5)).toBe(0);
  });
});

describe('covered', () => {
  const stripes = covered((x) => (x < 0.5 ? 1 : 0), true);

  it('goes on for ever where it repeats', () => {
    for (const turns of [-3, 0, 2]) {
      expect(coverAt(stripes, turns + 0.25, 0.4)).toBe(1);
      expect(coverAt(stripes, turns + 0.75, -7.3)).toBe(0);
    }
  });
});
