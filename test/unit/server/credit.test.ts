import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { micros } from '../../../proto/units.ts';
import { Credit } from '../../../server/credit.ts';
import type { Pair } from '../../../src/media.ts';

const AHEAD = 3_000_000;
const pair = (start: number): Pair => ({
  index: start,
  start: micros(start),
  end: micros(start + 975_000),
  audio: null,
  video: null,
  skew: null,
});
const until = (credit: Credit): number => {
  let value = Number.NaN;
  credit.until$.subscribe((at) => (value = at)).unsubscribe();
  return value;
};

describe('Credit', () => {
  it('lets a sender begin, and grants no more while no track is open', () => {
    const credit = new Credit(() => []);
    expect(until(credit)).toBe(AHEAD);
    credit.grant();
    expect(until(credit)).toBe(AHEAD);
  });

  it('follows the track that has come least far', () => {
    let reached = [micros(5_000_000), micros(2_000_000)];
    const credit = new Credit(() => reached);
    credit.grant();
    expect(until(credit)).toBe(2_000_000 + AHEAD);
    reached = [micros(5_000_000), micros(6_000_000)];
    credit.grant();
    expect(until(credit)).toBe(5_000_000 + AHEAD);
  });

  it('waits for the oldest pair that is not answered, and goes on when it is', () => {
    const credit = new Credit(() => [micros(9_000_000)]);
    const [old, young] = [pair(1_000_000), pair(4_000_000)];
    credit.began(old);
    credit.began(young);
    credit.grant();
    expect(until(credit)).toBe(1_000_000 + AHEAD);
    credit.answered(young);
    expect(until(credit)).toBe(1_000_000 + AHEAD);
    credit.answered(old);
    expect(until(credit)).toBe(9_000_000 + AHEAD);
  });

  it('is never taken back', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000_000)), (course) => {
        let reached = micros(0);
        const credit = new Credit(() => [reached]);
        const seen: number[] = [];
        credit.until$.subscribe((at) => seen.push(at));
        for (const at of course) {
          reached = micros(at);
          credit.grant();
        }
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        expect(seen.at(-1)).toBe(Math.max(0, ...course) + AHEAD);
      }),
    );
  });
});
