import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addTo, emptyMoments, momentsOf, normalized, normalizerOf } from '../../../src/model/statistics.ts';
import { random } from '../../../src/random.ts';

describe('addTo', () => {
  it('gives mean and summed squared deviation', () => {
    const { count, mean, m2 } = momentsOf([[1], [3], [8]], 1);
    expect(count).toBe(3);
    expect(mean[0]).toBeCloseTo(4, 12);
    expect(m2[0]).toBeCloseTo(9 + 1 + 16, 12);
  });

  it('gives the same one by one as in a list', () => {
    const vectors = [
      [1, 5],
      [3, -2],
      [8, 0.1],
    ];
    const single = vectors.reduce((moments, vector) => addTo(moments, vector), emptyMoments(2));
    expect(single).toEqual(momentsOf(vectors, 2));
  });

  it('leaves its argument alone', () => {
    const before = momentsOf([[1], [3]], 1);
    addTo(before, [100]);
    expect(before).toEqual(momentsOf([[1], [3]], 1));
  });

  it('follows a change once its memory is full', () => {
    let moments = emptyMoments(1);
    for (let i = 0; i < 5000; i++) moments = addTo(moments, [i % 2]);
    for (let i = 0; i < 4096 * 4; i++) moments = addTo(moments, [10 + (i % 2)]);
    expect(moments.count).toBe(4096);
    expect(moments.mean[0]).toBeGreaterThan(10.2); // a plain mean would still be near 8
    expect((moments.m2[0] ?? 0) / moments.count).toBeLessThan(5); // old variance faded: 0.25 plus what is left of the step
  });

  it('refuses another width with ERR_PROTOTYPE_WIDTH', () => {
    expect(() => addTo(emptyMoments(2), [1])).toThrow(
      expect.objectContaining({ code: 'ERR_PROTOTYPE_WIDTH' }),
    );
  });
});

describe('normalizerOf', () => {
  it('leaves the scale alone while nothing was seen', () => {
    expect([...normalizerOf(emptyMoments(2), []).inverseDeviation]).toEqual([1, 1]);
  });

  it('mixes 16 imagined windows of mean 0 and the pooled scale', () => {
    const { mean, inverseDeviation } = normalizerOf(momentsOf([[2, 0]], 2), []);
    const pooled = (4 + 0) / 2;
    expect(mean[0]).toBeCloseTo(2 / 17, 12);
    expect(inverseDeviation[0]).toBeCloseTo(1 / Math.sqrt((4 + 16 * pooled) / 17 - (2 / 17) ** 2), 12);
    expect(inverseDeviation[1]).toBeCloseTo(1 / Math.sqrt((16 * pooled) / 17), 12);
  });

  it('approaches the true deviation of each dimension', () => {
    const source = random(1);
    const vectors = Array.from({ length: 4000 }, () => [5 + source.normal(), -2 + 0.5 * source.normal()]);
    const { mean, inverseDeviation } = normalizerOf(momentsOf(vectors, 2), []);
    expect(mean[0]).toBeCloseTo(5, 1);
    expect(1 / (inverseDeviation[0] ?? 0)).toBeCloseTo(1, 0);
    expect((inverseDeviation[1] ?? 0) / (inverseDeviation[0] ?? 1)).toBeGreaterThan(1.5);
  });

  it('counts taught classes alike, and what was seen at most as much as what was taught', () => {
    const many = momentsOf(new Array<number[]>(4000).fill([10]), 1); // hours of one still scene
    const classes = [momentsOf(new Array<number[]>(30).fill([0]), 1), momentsOf([[10], [10]], 1)];
    const { mean } = normalizerOf(many, classes);
    // 32 seen at 10, 16 at 0, 16 at 10, 16 imagined at 0
    expect(mean[0]).toBeCloseTo((32 * 10 + 16 * 10) / (32 + 32 + 16), 9);
  });

  it('gives finite unit vectors for whatever was seen', () => {
    // float32, as representations are
    const value = fc.float({ noNaN: true, noDefaultInfinity: true });
    const vector = fc.array(value, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(vector), vector, (seen, z) => {
        const u = normalized(normalizerOf(momentsOf(seen, 3), []), z);
        const norm = Math.hypot(...u);
        expect(norm === 0 || Math.abs(norm - 1) < 1e-9).toBe(true);
      }),
    );
  });
});

describe('normalized', () => {
  const plain = normalizerOf(emptyMoments(2), []);

  it('leaves a vector at the mean at zero', () => {
    expect([...normalized(plain, [0, 0])]).toEqual([0, 0]);
    expect([...normalized(plain, [3, 4])]).toEqual([3 / 5, 4 / 5]);
  });

  it('refuses NaN, infinity and another width with their codes', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => normalized(plain, [value, 0])).toThrow(
        expect.objectContaining({ code: 'ERR_NOT_FINITE' }),
      );
    }
    expect(() => normalized(plain, [1])).toThrow(expect.objectContaining({ code: 'ERR_PROTOTYPE_WIDTH' }));
  });
});
