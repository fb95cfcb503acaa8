/** Things drawn with a pen: glyphs of no known alphabet, words of them, open zigzags. */
import type { Random } from '../../random.ts';
import { chain, IDENTITY, scaling, translation } from './affine.ts';
import { between, chance } from './colour.ts';
import { type Corners, strokes } from './outlines.ts';
import { type Part, showingTurn, solid, type Thing } from './thing.ts';

type Point = readonly [number, number];

const BENDS = 5; // straight pieces of a bent stroke

/** Places where strokes begin and end: three columns, four rows. */
function drawAnchor(source: Random): Point {
  return [(source.integer(3) - 1) * 0.6, (source.integer(4) - 1.5) * 0.56];
}

/** A stroke between two points: straight, or bent to one side by `bulge` of its length. */
function stroke([x0, y0]: Point, [x1, y1]: Point, bulge: number): Corners {
  if (bulge === 0) return [x0, y0, x1, y1];
  const at = (t: number): Point => {
    const side = 4 * bulge * t * (1 - t);
    return [x0 + (x1 - x0) * t - (y1 - y0) * side, y0 + (y1 - y0) * t + (x1 - x0) * side];
  };
  return Array.from({ length: BENDS }, (_, i) => [...at(i / BENDS), ...at((i + 1) / BENDS)]).flat();
}

type Pen = { readonly count: number; readonly width: number };

function drawGlyphLines(source: Random, count: number): Corners {
  let here = drawAnchor(source);
  const lines: number[] = [];
  for (let i = 0; i < count; i++) {
    if (chance(source, 0.25)) here = drawAnchor(source);
    let there = drawAnchor(source);
    while (there[0] === here[0] && there[1] === here[1]) there = drawAnchor(source);
    lines.push(...stroke(here, there, chance(source, 0.45) ? between(source, -0.5, 0.5) : 0));
    here = there;
  }
  return lines;
}

function drawPen(source: Random): Pen {
  return { count: 2 + source.integer(4), width: between(source, 0.06, 0.14) };
}

export function drawGlyph(source: Random): Thing {
  const { count, width } = drawPen(source);
  const measured = { points: count / 10, waist: (width - 0.1) / 0.04 };
  const part = { place: IDENTITY, distance: strokes(drawGlyphLines(source, count), width), reach: 1.5 };
  return solid({ kind: 'glyph', measured, turns: showingTurn(1) }, part);
}

/** Two to four glyphs in a row, by one pen. */
export function drawWord(source: Random): Thing {
  const [letters, { width }] = [2 + source.integer(3), drawPen(source)];
  const size = 1.3 / letters;
  const parts = Array.from({ length: letters }, (_, i): Part => {
    const place = chain(translation((i - (letters - 1) / 2) * 1.5 * size, 0), scaling(size));
    return { place, distance: strokes(drawGlyphLines(source, 2 + source.integer(3)), width), reach: 1.5 };
  });
  const measured = { points: letters / 10, waist: (width - 0.1) / 0.04 };
  return { kind: 'word', measured, turns: showingTurn(1), changes: false, parts: () => parts };
}

/** An open line from left to right with corners up and down. */
export function drawZigzag(source: Random): Thing {
  const [corners, width] = [3 + source.integer(5), between(source, 0.05, 0.12)];
  const points = Array.from({ length: corners }, (_, i): Point => {
    return [(2 * i) / (corners - 1) - 1, between(source, -0.8, 0.8)];
  });
  const lines = points.slice(1).flatMap((point, i) => [...(points[i] ?? point), ...point]);
  const measured = { points: corners / 10, waist: (width - 0.085) / 0.035 };
  const part = { place: IDENTITY, distance: strokes(lines, width), reach: 1.4 };
  return solid({ kind: 'zigzag', measured, turns: showingTurn(1) }, part);
}
