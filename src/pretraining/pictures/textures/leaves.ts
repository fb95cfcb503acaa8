/** Dead leaves: flat patches that fall on one another, the model whose statistics are most like those of real scenes (Lee et al., 2001). */
import { type Random, random } from '../../../random.ts';
import { chain, inverse, rotation, scaling, translation } from '../affine.ts';
import type { Kind } from '../attributes.ts';
import { between, type Colour, chance, drawColour, mix } from '../colour.ts';
import { boxCorners, disc, polygon, starCorners } from '../outlines.ts';
import { type Distance, fill, paintRegion, plainPaint } from '../raster.ts';
import type { Surface } from '../surface.ts';
import { drawPalette, meanOf, sizeMeasure, type Texture } from './texture.ts';

type Heap = {
  readonly kind: Kind;
  readonly outline: Distance;
  /** Of which the leaves are drawn this wide. */
  readonly wide: number;
  /** Radii, in half frames, of the smallest and the largest leaf. */
  readonly sizes: readonly [number, number];
  /** How often a place is covered, on average. */
  readonly cover: number;
  readonly colours: readonly Colour[];
  readonly ground: Colour;
};

const SIDE = 3.4; // of the square that leaves fall on: more than a panning camera sees
const MOST = 420;

/** A radius by the inverse cube law, which makes a heap look alike at all distances. */
function drawRadius(source: Random, [small, large]: readonly [number, number]): number {
  return 1 / Math.sqrt(between(source, large ** -2, small ** -2));
}

function leafCount({ sizes: [small, large], cover }: Heap): number {
  const meanSquare =
    large > small * 1.01 ? (2 * Math.log(large / small)) / (small ** -2 - large ** -2) : small ** 2;
  return Math.min(MOST, Math.ceil((cover * SIDE * SIDE) / (Math.PI * meanSquare)));
}

function pile(heap: Heap, source: Random): Surface {
  const leaves = Array.from({ length: leafCount(heap) }, () => {
    const at = translation(between(source, -SIDE / 2, SIDE / 2), between(source, -SIDE / 2, SIDE / 2));
    const turned = rotation(between(source, 0, 2 * Math.PI));
    const colour = heap.colours[source.integer(heap.colours.length)] ?? heap.ground;
    const shade = mix(colour, chance(source, 0.5) ? [0, 0, 0] : [1, 1, 1], between(source, 0, 0.25));
    return {
      place: chain(at, turned, scaling(drawRadius(source, heap.sizes)), scaling(heap.wide, 1)),
      paint: plainPaint(shade),
    };
  });
  return (to, view) => {
    fill(to, heap.ground);
    const seen = inverse(view);
    for (const { place, paint } of leaves)
      paintRegion(to, chain(seen, place), { distance: heap.outline, reach: 1.42 }, paint);
  };
}

function heapTexture(heap: Heap, source: Random): Texture {
  // Half of the heaps are one heap, seen again; the others are of one sort, fallen anew.
  const seed = chance(source, 0.5) ? source.integer(2 ** 31) : null;
  const colour = mix(heap.ground, meanOf(heap.colours), 1 - Math.exp(-heap.cover));
  const measured = { size: sizeMeasure(0.5 / heap.sizes[0]) };
  return {
    kind: heap.kind,
    measured,
    colour,
    cut: (fresh) => pile(heap, seed === null ? fresh : random(seed)),
  };
}

function drawSizes(source: Random): readonly [number, number] {
  const small = between(source, 0.06, 0.16);
  return [small, small * between(source, 2, 7)];
}

const drawColours = (source: Random): readonly Colour[] => [...drawPalette(source), drawColour(source)];

/** Discs and ovals. */
export function drawRoundLeaves(source: Random): Texture {
  const wide = chance(source, 0.5) ? 1 : between(source, 0.4, 0.9);
  const heap = { kind: 'round-leaves', outline: disc, wide, sizes: drawSizes(source), cover: 2 } as const;
  return heapTexture({ ...heap, colours: drawColours(source), ground: drawColour(source) }, source);
}

/** Boxes, bars and triangles. */
export function drawSquareLeaves(source: Random): Texture {
  const triangles = chance(source, 0.33);
  const wide = triangles || chance(source, 0.5) ? 1 : between(source, 0.15, 1);
  const outline = polygon(triangles ? starCorners(3, 1) : boxCorners(0.9, 0.9));
  const heap = { kind: 'square-leaves', outline, wide, sizes: drawSizes(source), cover: 2 } as const;
  return heapTexture({ ...heap, colours: drawColours(source), ground: drawColour(source) }, source);
}

/** Specks of one size and colour, strewn on a plain ground. */
export function drawDots(source: Random): Texture {
  const [size, [ground, ...colours]] = [between(source, 0.04, 0.13), drawPalette(source)];
  const heap = {
    kind: 'dots',
    outline: disc,
    wide: 1,
    sizes: [size, size],
    cover: between(source, 0.08, 0.4),
  } as const;
  return heapTexture({ ...heap, colours, ground: ground ?? [0, 0, 0] }, source);
}
