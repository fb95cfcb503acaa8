/** What the attributes claim is to be seen in the windows, through all that the camera does. */
import { describe, expect, it } from 'vitest';
import { lumaInto } from '../../../../src/features/pixels.ts';
import { PICTURE_BYTES, PICTURE_PIXELS, PICTURE_SIZE } from '../../../../src/features/spec.ts';
import type { Instance, PictureWindow } from '../../../../src/pretraining/instance.ts';
import { type Affine, chain, inverse } from '../../../../src/pretraining/pictures/affine.ts';
import type { Measure } from '../../../../src/pretraining/pictures/attributes.ts';
import { displacement, FULL, type Motion, STILL } from '../../../../src/pretraining/pictures/motion.ts';
import { PICTURES } from '../../../../src/pretraining/pictures/source.ts';
import { random } from '../../../../src/random.ts';

const measure = ({ attributes }: Instance<PictureWindow>, name: Measure): number =>
  attributes.measures[PICTURES.measures.indexOf(name)] ?? 0;

function drawn(family: string, count: number): Instance<PictureWindow>[] {
  const found = PICTURES.families.find(({ name }) => name === family);
  if (!found) throw new Error(`no family ${family}`);
  return Array.from({ length: count }, (_, seed) => found.draw(random(seed)));
}

function motionOf(thing: Instance<PictureWindow>): Motion {
  const rate = (name: Measure, full: number): number => measure(thing, name) * full;
  return {
    ...STILL,
    velocity: [rate('velocity-x', FULL.velocity), rate('velocity-y', FULL.velocity)],
    zoom: rate('zoom', FULL.zoom),
    turn: rate('turn', FULL.turn),
    shear: rate('shear', FULL.shear),
  };
}

/** Mean difference between the newest picture and the next older one, looked up through `lookup`. */
function mismatch({ rgb, older }: PictureWindow, [a, b, c, d, e, f]: Affine): number {
  const luma = new Uint8Array(PICTURE_PIXELS);
  lumaInto(luma, 0, rgb);
  const half = PICTURE_SIZE / 2;
  let [sum, count] = [0, 0];
  for (let p = 0; p < PICTURE_PIXELS; p++) {
    const [x, y] = [(p % PICTURE_SIZE) / half - 1, Math.floor(p / PICTURE_SIZE) / half - 1];
    const column = Math.round((a * x + b * y + c + 1) * half);
    const row = Math.round((d * x + e * y + f + 1) * half);
    if (column < 0 || column >= PICTURE_SIZE || row < 0 || row >= PICTURE_SIZE) continue;
    sum += Math.abs(luma[p]! - older[row * PICTURE_SIZE + column]!);
    count++;
  }
  return sum / count;
}

/** Does the claimed motion explain the last step better than the opposite one? */
function goesAsClaimed(thing: Instance<PictureWindow>, seed: number): boolean {
  const step = chain(displacement(motionOf(thing), 0), inverse(displacement(motionOf(thing), -1)));
  const window = thing.render(random(seed));
  return mismatch(window, inverse(step)) < mismatch(window, step);
}

const share = (values: readonly boolean[]): number => values.filter(Boolean).length / values.length;
const fast = (thing: Instance<PictureWindow>, ...names: Measure[]): boolean =>
  names.some((name) => Math.abs(measure(thing, name)) > 0.3);

describe('motion', () => {
  it.each(['leaves', 'clouds', 'fractals', 'waves'])(
    'shows in %s, each way of moving in its own sense',
    (family) => {
      const moving = drawn(family, 90).filter((thing) =>
        fast(thing, 'velocity-x', 'velocity-y', 'zoom', 'turn', 'shear'),
      );
      expect(moving.length).toBeGreaterThan(12);
      // The rest are blurred, dark or without structure where they move.
      expect(share(moving.map(goesAsClaimed))).toBeGreaterThan(0.88);
    },
  );

  it.each(['shapes', 'lines', 'figures'])('of things shows in %s', (family) => {
    const moving = drawn(family, 90).filter(
      (thing) => fast(thing, 'velocity-x', 'velocity-y') && !fast(thing, 'turn', 'zoom'),
    );
    expect(moving.length).toBeGreaterThan(12);
    expect(share(moving.map(goesAsClaimed))).toBeGreaterThan(0.85);
  });
});

/** Mean of a channel less the mean of all. */
function cast(rgb: Uint8Array, channel: number): number {
  let [own, all] = [0, 0];
  for (let i = 0; i < PICTURE_BYTES; i++) {
    all += rgb[i]! / 3;
    if (i % 3 === channel) own += rgb[i]!;
  }
  return (own - all) / PICTURE_PIXELS;
}

/** Spearman's rank correlation; no ties. */
function rankCorrelation(xs: readonly number[], ys: readonly number[]): number {
  const ranks = (values: readonly number[]): number[] => {
    const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
    return order.reduce<number[]>((all, index, rank) => {
      all[index] = rank;
      return all;
    }, []);
  };
  const [p, q] = [ranks(xs), ranks(ys)];
  const n = xs.length;
  return 1 - (6 * p.reduce((sum, rank, i) => sum + (rank - q[i]!) ** 2, 0)) / (n * (n * n - 1));
}

describe('colour', () => {
  it.each(['plains', 'tints'])('of %s keeps its order through light, noise and compression', (family) => {
    const things = drawn(family, 40);
    const windows = things.map((thing, seed) => thing.render(random(seed)));
    for (const [name, channel] of [
      ['red', 0],
      ['blue', 2],
    ] as const) {
      const claimed = things.map((thing) => measure(thing, name));
      const seen = windows.map(({ rgb }) => cast(rgb, channel));
      expect(rankCorrelation(claimed, seen)).toBeGreaterThan(0.85);
    }
  });

  it('belongs to about a quarter of the shapes', () => {
    const own = drawn('shapes', 600).map((thing) => measure(thing, 'light') !== 0);
    // Five standard errors of 600 draws: 5 sqrt(0.25 * 0.75 / 600) = 0.09.
    expect(Math.abs(share(own) - 0.25)).toBeLessThan(0.09);
  });
});
