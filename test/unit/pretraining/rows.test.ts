/** Which thing stands in which row, and that nothing but the seed decides how it looks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  drawThing,
  GROUP,
  poolAt,
  type RowArrays,
  type RowPlan,
  RowRenderer,
  rowLengths,
  thingsAt,
} from '../../../src/pretraining/rows.ts';
import { TINY } from './tiny-material.ts';

const PLAN: RowPlan = { seed: 3, batch: 32, reuse: 3 };

function empty({ batch }: RowPlan): RowArrays {
  const lengths = rowLengths(TINY, batch);
  return {
    x: new Float32Array(lengths.x).fill(Number.NaN),
    kinds: new Float32Array(lengths.kinds),
    measures: new Float32Array(lengths.measures),
    known: new Float32Array(lengths.known),
  };
}

function written(step: number, plan: RowPlan, renderer = new RowRenderer(TINY, plan)): RowArrays {
  const out = empty(plan);
  renderer.write(step, out, () => true);
  return out;
}

const plans = fc.record({
  seed: fc.nat(),
  batch: fc.constantFrom(16, 32, 96),
  reuse: fc.integer({ min: 1, max: 7 }),
});

describe('thingsAt', () => {
  it('takes whole groups of the pool, none twice', () => {
    fc.assert(
      fc.property(plans, fc.nat(500), (plan, step) => {
        const things = thingsAt(step, plan);
        const { from, to } = poolAt(step, plan);
        expect(things).toHaveLength(plan.batch);
        expect(new Set(things).size).toBe(plan.batch);
        expect(Math.min(...things)).toBeGreaterThanOrEqual(from);
        expect(Math.max(...things)).toBeLessThan(to);
        expect(things.every((thing, row) => thing % GROUP === row % GROUP)).toBe(true);
      }),
    );
  });

  it('meets a thing as often as was asked for, on average', () => {
    const steps = 400;
    const met = new Set(Array.from({ length: steps }, (_, step) => thingsAt(step, PLAN)).flat());
    expect((steps * PLAN.batch) / met.size).toBeCloseTo(PLAN.reuse, 0);
  });

  it('meets every thing once where nothing is used again', () => {
    const once = { ...PLAN, reuse: 1 };
    const things = Array.from({ length: 20 }, (_, step) => thingsAt(step, once)).flat();
    expect(new Set(things).size).toBe(things.length);
  });
});

describe('drawThing', () => {
  it('draws half of the groups from one family', () => {
    const families = Array.from({ length: 100 }, (_, group) =>
      Array.from({ length: GROUP }, (_, i) => drawThing(TINY, group * GROUP + i, PLAN).family),
    );
    const kin = families.filter((names) => new Set(names).size === 1).length;
    expect(kin).toBeGreaterThan(35);
    expect(kin).toBeLessThan(65);
  });
});

describe('RowRenderer', () => {
  it('writes every row, with two renderings of one thing', () => {
    const out = written(5, PLAN);
    expect(out.x.every(Number.isFinite)).toBe(true);
    const size = out.x.length / (2 * PLAN.batch);
    expect(out.x.slice(0, size)).not.toEqual(out.x.slice(PLAN.batch * size, (PLAN.batch + 1) * size));
    const kinds = Array.from({ length: PLAN.batch }, (_, row) => [...out.kinds.slice(2 * row, 2 * row + 2)]);
    expect(kinds.every((row) => row.toSorted().join() === '0,1')).toBe(true);
    // The second measure is known of the first kind alone.
    expect(kinds.map(([left]) => left)).toEqual(
      Array.from({ length: PLAN.batch }, (_, row) => out.known[2 * row + 1]),
    );
  });

  it('gives the same bits to a renderer that came later', () => {
    const renderer = new RowRenderer(TINY, PLAN);
    for (let step = 0; step < 6; step++) renderer.write(step, empty(PLAN), () => true);
    expect(written(6, PLAN, renderer)).toEqual(written(6, PLAN));
  });

  it('gives the same bits whoever renders which thing', () => {
    const out = empty(PLAN);
    for (const part of [0, 1, 2]) new RowRenderer(TINY, PLAN).write(4, out, (thing) => thing % 3 === part);
    expect(out).toEqual(written(4, PLAN));
  });
});
