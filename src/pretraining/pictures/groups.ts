/** Several shapes that belong together and move as one. They never turn: shapes that go round each other are an orbit, which is held out. */
import type { Random } from '../../random.ts';
import { chain, rotation, scaling, translation } from './affine.ts';
import { axis } from './attributes.ts';
import { between, chance } from './colour.ts';
import { drawShape } from './shapes.ts';
import type { Part, Thing } from './thing.ts';

/** Two shapes: which, how large, and where the second stands from the first. */
export function drawPair(source: Random): Thing {
  const first = drawShape(source);
  const second = chance(source, 0.4) ? first : drawShape(source);
  const [angle, share] = [between(source, 0, 2 * Math.PI), between(source, 0.35, 0.6)];
  const [x, y] = [Math.cos(angle) * 0.6, Math.sin(angle) * 0.6];
  const sized = (thing: Thing, sign: number, size: number): Part[] =>
    thing.parts(0).map((part) => ({
      ...part,
      place: chain(translation(sign * x, sign * y), scaling(size), part.place),
    }));
  const parts = [...sized(first, -1, share), ...sized(second, 1, 0.95 - share)];
  return { kind: 'pair', measured: axis(angle), turns: 0, changes: false, parts: () => parts };
}

/** Many copies of a shape: which shape, how many, how large, and where each of them is. */
export function drawCrowd(source: Random): Thing {
  const [count, shape] = [5 + source.integer(8), drawShape(source)];
  const size = between(source, 0.45, 0.75) / Math.sqrt(count);
  const parts = Array.from({ length: count }, (_, i) => {
    // On rings around the middle, so that few of them overlap.
    const [radius, angle] = [Math.sqrt((i + 0.5) / count), i * 2.4 + between(source, -0.4, 0.4)];
    const at = translation(radius * Math.cos(angle), radius * Math.sin(angle));
    const place = chain(at, rotation(between(source, 0, 2 * Math.PI)), scaling(size));
    return shape.parts(0).map((part) => ({ ...part, place: chain(place, part.place) }));
  }).flat();
  const measured = { points: count / 12, size: 4 * size - 0.8 };
  return { kind: 'crowd', measured, turns: 0, changes: false, parts: () => parts };
}
