/** Creatures of metaballs (Blinn, 1982): soft bodies with limbs, and holes for eyes. */
import type { Random } from '../../../../../src/random.ts';
import { within } from '../draws.ts';
import { covered, type Stencil } from './stencil.ts';

export const CREATURE_NAMES = ['crawler', 'jelly', 'biped', 'starling'] as const;
export type CreatureName = (typeof CREATURE_NAMES)[number];

type Ball = readonly [x: number, y: number, radius: number];
type Body = { readonly flesh: readonly Ball[]; readonly eyes: readonly Ball[] };

const eyesAt = (x: number, y: number): readonly Ball[] => [
  [x - 0.14, y, 0.09],
  [x + 0.14, y, 0.09],
];

function bodyOf(name: CreatureName, draw: Random): Body {
  const bend = within(draw, [-0.12, 0.12]);
  switch (name) {
    case 'crawler': {
      const rings = [0, 1, 2, 3, 4].map(
        (i): Ball => [-0.72 + 0.36 * i, bend * Math.sin(1.6 * i) + 0.05, 0.2 - 0.015 * i],
      );
      const legs = [0, 1, 2, 3].map((i): Ball => [-0.62 + 0.4 * i, 0.45, 0.1]);
      return { flesh: [...rings, ...legs], eyes: [[-0.78, 0, 0.08]] };
    }
    case 'jelly': {
      const arms = [0, 1, 2, 3].flatMap((i): readonly Ball[] =>
        [0, 1, 2].map((k) => [-0.45 + 0.3 * i + bend * k, 0.2 + 0.26 * k, 0.1 - 0.015 * k]),
      );
      return {
        flesh: [[0, -0.35, 0.42], [-0.3, -0.15, 0.2], [0.3, -0.15, 0.2], ...arms],
        eyes: eyesAt(0, -0.4),
      };
    }
    case 'biped': {
      const limbs: readonly Ball[] = [
        [-0.3, 0.62, 0.15],
        [0.3, 0.62, 0.15],
        [-0.25, 0.38, 0.13],
        [0.25, 0.38, 0.13],
        [-0.55, -0.02 + bend, 0.13],
        [0.55, -0.02 - bend, 0.13],
      ];
      return { flesh: [[0, -0.5, 0.26], [0, 0, 0.34], ...limbs], eyes: eyesAt(0, -0.52) };
    }
    case 'starling': {
      const points = [0, 1, 2, 3, 4].flatMap((i): readonly Ball[] => {
        const angle = (i * 2 * Math.PI) / 5 - Math.PI / 2 + bend;
        return [0.42, 0.75].map((far, k) => [far * Math.cos(angle), far * Math.sin(angle), 0.17 - 0.05 * k]);
      });
      return { flesh: [[0, 0, 0.26], ...points], eyes: [[0, 0, 0.11]] };
    }
  }
}

export function creature(name: CreatureName, draw: Random): Stencil {
  const { flesh, eyes } = bodyOf(name, draw);
  const plump = within(draw, [1.15, 1.3]);
  const strengths = flesh.map(([, , radius]) => (plump * radius) ** 4);
  return covered((x, y) => {
    if (eyes.some(([ex, ey, radius]) => Math.hypot(x - ex, y - ey) < radius)) return 0;
    let field = 0;
    for (let i = 0; i < flesh.length; i++) {
      const [bx, by] = flesh[i]!;
      const squared = (x - bx) * (x - bx) + (y - by) * (y - by) + 1e-9;
      field += strengths[i]! / (squared * squared);
    }
    return field > 1 ? 1 : 0;
  }, false);
}
