import { describe, expect, it } from 'vitest';
import { drift, floors, slope } from '../../bench/slope.ts';

const line = (count: number, value: (at: number) => number) =>
  Array.from({ length: count }, (_, n) => ({ at: 2 * n, value: value(2 * n) }));

describe('slope', () => {
  it('finds a line without error', () => {
    expect(slope(line(10, (at) => 5 + 3 * at))).toEqual({
      perSecond: expect.closeTo(3),
      error: expect.closeTo(0),
    });
  });

  it('says nothing of two points', () => {
    expect(slope(line(2, (at) => at))).toBeNull();
  });
});

describe('floors', () => {
  it('keeps the smallest value of each stretch', () => {
    const points = [5, 3, 4, 9, 8].map((value, n) => ({ at: 10 * n, value }));
    expect(floors(points, 30).map(({ value }) => value)).toEqual([3, 8]);
  });
});

describe('drift', () => {
  it('takes a step for what it is, wherever it lies between the two levels', () => {
    for (const step of [320, 400, 520])
      expect(
        drift(
          line(301, (at) => (at < step ? 400 : 410)),
          300,
        ),
      ).toEqual({
        before: 400,
        after: 410,
        seconds: 300,
      });
  });

  it('is not misled by a saw of garbage', () => {
    const level = drift(
      line(301, (at) => 400 + ((3 * at) % 22)),
      300,
    );
    expect(Math.abs((level?.after ?? 0) - (level?.before ?? 0))).toBeLessThan(2);
  });

  it('compares the halves of a short run', () => {
    expect(
      drift(
        line(21, (at) => at),
        300,
      ),
    ).toEqual({ before: 18, after: 38, seconds: 20 }); // medians of 16..20, 36..40
  });

  it('says nothing of two points', () => {
    expect(
      drift(
        line(2, (at) => at),
        300,
      ),
    ).toBeNull();
  });
});
