/** Branching plants: bracketed L-systems (Prusinkiewicz and Lindenmayer, 1990), drawn by a turtle. */
import type { Random } from '../../../../../src/random.ts';
import { type Range, within } from '../draws.ts';
import { fitted, type Point, type Stencil, strokes } from './stencil.ts';

type Grammar = {
  readonly axiom: string;
  readonly rules: Readonly<Record<string, string>>;
  readonly rounds: number;
  /** Degrees. */
  readonly angle: Range;
};

export const PLANTS = {
  fern: {
    axiom: 'X',
    rules: { X: 'F-[[X]+X]+F[+FX]-X', F: 'FF' },
    rounds: 4,
    angle: [20, 26],
  },
  twig: { axiom: 'F', rules: { F: 'F[+F]F[-F]F' }, rounds: 3, angle: [24, 34] },
  fork: { axiom: 'X', rules: { X: 'FF[+X][-X]' }, rounds: 5, angle: [26, 40] },
  bush: { axiom: 'F', rules: { F: 'FF-[-F+F+F]+[+F-F-F]' }, rounds: 3, angle: [18, 25] },
} as const satisfies Record<string, Grammar>;

export type PlantName = keyof typeof PLANTS;

export function rewritten({ axiom, rules, rounds }: Pick<Grammar, 'axiom' | 'rules' | 'rounds'>): string {
  let text = axiom;
  for (let i = 0; i < rounds; i++) text = [...text].map((letter) => rules[letter] ?? letter).join('');
  return text;
}

type Turtle = { readonly x: number; readonly y: number; readonly heading: number };

function walked(text: string, angle: number): readonly (readonly Point[])[] {
  const lines: Point[][] = [[[0, 0]]];
  const kept: Turtle[] = [];
  let turtle: Turtle = { x: 0, y: 0, heading: -Math.PI / 2 };
  for (const letter of text) {
    const { x, y, heading } = turtle;
    if (letter === 'F') {
      turtle = { x: x + Math.cos(heading), y: y + Math.sin(heading), heading };
      lines.at(-1)?.push([turtle.x, turtle.y]);
    } else if (letter === '+') turtle = { x, y, heading: heading + angle };
    else if (letter === '-') turtle = { x, y, heading: heading - angle };
    else if (letter === '[') kept.push(turtle);
    else if (letter === ']') {
      turtle = kept.pop() ?? turtle;
      lines.push([[turtle.x, turtle.y]]);
    }
  }
  return lines;
}

export function plant(name: PlantName, draw: Random): Stencil {
  const grammar: Grammar = PLANTS[name];
  const angle = (within(draw, grammar.angle) * Math.PI) / 180;
  return strokes(fitted(walked(rewritten(grammar), angle)), within(draw, [0.05, 0.08]));
}
