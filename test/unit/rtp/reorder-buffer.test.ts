import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Micros, micros, microsFromMillis, millis } from '../../../proto/units.ts';
import { type Released, ReorderBuffer } from '../../../src/rtp/reorder-buffer.ts';

const ms = (value: number): Micros => microsFromMillis(millis(value));
const GIVE_UP = ms(350);

/** Pushes numbers 1 ms apart; each item is its own number. */
function pushAll(buffer: ReorderBuffer<number>, sequences: readonly number[]): Released<number>[] {
  return sequences.flatMap((sequence, i) => buffer.push(sequence, sequence, ms(i)));
}
const numbers = (released: readonly Released<number>[]): number[] => released.map(({ item }) => item);
const gaps = (released: readonly Released<number>[]): [from: number, count: number][] =>
  released.filter(({ lost }) => lost > 0).map(({ sequence, lost }) => [sequence - lost, lost]);

describe('ReorderBuffer', () => {
  it.each([
    ['passes what is in order', [5, 6, 7], [5, 6, 7]],
    ['puts two right', [5, 7, 6, 8], [5, 6, 7, 8]],
    ['puts a whole run right', [1, 5, 4, 3, 2], [1, 2, 3, 4, 5]],
    ['drops what comes before the first', [5, 4, 6], [5, 6]],
    ['drops duplicates of released and of waiting ones', [1, 1, 3, 3, 2, 2], [1, 2, 3]],
    ['counts over zero', [-2, 0, -1, 1], [-2, -1, 0, 1]],
  ])('%s', (_, sequences, expected) => {
    expect(numbers(pushAll(new ReorderBuffer<number>(), sequences))).toEqual(expected);
  });

  it('waits for a missing one and gives it up 350 ms after the next', () => {
    const buffer = new ReorderBuffer<number>();
    expect(numbers(pushAll(buffer, [1, 3, 5]))).toEqual([1]); // at 0, 1 and 2 ms
    expect(buffer.expire(micros(ms(1) + GIVE_UP - 1))).toEqual([]);
    const first = buffer.expire(micros(ms(1) + GIVE_UP));
    expect([numbers(first), gaps(first)]).toEqual([[3], [[2, 1]]]);
    const second = buffer.push(6, 6, micros(ms(2) + GIVE_UP)); // 5 is due now, and 6 follows it
    expect([numbers(second), gaps(second)]).toEqual([[5, 6], [[4, 1]]]);
    expect(buffer.counts).toEqual({ lost: 2, late: 0, duplicates: 0, outOfOrder: 0 });
  });

  it('waits no longer for several missing ones when one of them comes', () => {
    const buffer = new ReorderBuffer<number>();
    buffer.push(1, 1, ms(0));
    buffer.push(5, 5, ms(10));
    buffer.push(3, 3, ms(300));
    expect(numbers(buffer.expire(ms(360)))).toEqual([3, 5]); // 5 has waited for 350 ms
    expect(buffer.counts.lost).toBe(2);
  });

  it('uses a packet that fills the gap in the last moment', () => {
    const buffer = new ReorderBuffer<number>();
    pushAll(buffer, [1, 3]);
    expect(gaps(buffer.push(2, 2, ms(10_000)))).toEqual([]);
  });

  it('counts late, duplicate and out of order apart', () => {
    const buffer = new ReorderBuffer<number>({ giveUp: millis(10) });
    pushAll(buffer, [1, 4, 3]); // 3 is out of order
    buffer.expire(ms(50)); // 2 is given up
    expect(buffer.push(2, 2, ms(51))).toEqual([]);
    expect(buffer.push(3, 3, ms(52))).toEqual([]);
    expect(buffer.counts).toEqual({ lost: 1, late: 1, duplicates: 1, outOfOrder: 1 });
  });

  it('keeps a copy of what waits, and only of that', () => {
    const kept: number[] = [];
    const keep = (item: number): number => {
      kept.push(item);
      return -item;
    };
    expect(numbers(pushAll(new ReorderBuffer({ keep }), [1, 3, 2]))).toEqual([1, 2, -3]);
    expect(kept).toEqual([3]);
  });

  it('gives up the oldest gap early when the window is full', () => {
    const buffer = new ReorderBuffer<number>({ capacity: 4 });
    const released = pushAll(buffer, [1, 3, 5, 6]); // 2 and 4 are missing
    expect([numbers(released), gaps(released)]).toEqual([[1, 3], [[2, 1]]]); // 6 is four after 2
    expect(buffer.waiting).toBe(2);
  });

  it('adds up what is given up early and what is given up later', () => {
    const buffer = new ReorderBuffer<number>({ capacity: 4 });
    pushAll(buffer, [1, 5, 6]); // 6 is four after 2, which is given up; 3 and 4 are still waited for
    expect([buffer.waiting, buffer.counts.lost]).toEqual([2, 1]);
    const released = buffer.expire(ms(1000));
    expect([numbers(released), gaps(released)]).toEqual([[5, 6], [[2, 3]]]);
  });

  it('waits after a packet as far ahead as the window is long, not after one further', () => {
    const released = (...sequences: number[]): number[] =>
      numbers(pushAll(new ReorderBuffer<number>({ capacity: 4 }), sequences));
    expect([released(1, 5), released(1, 6)]).toEqual([[1], [1, 6]]);
    expect([released(1, 3, 7), released(1, 3, 8)]).toEqual([
      [1, 3],
      [1, 3, 8],
    ]);
  });

  it('does not wait after a jump forward', () => {
    const buffer = new ReorderBuffer<number>({ capacity: 4 });
    const released = pushAll(buffer, [1, 3, 100, 101]);
    expect([numbers(released), gaps(released)]).toEqual([
      [1, 3, 100, 101],
      [
        [2, 1],
        [4, 96],
      ],
    ]);
  });

  it('starts anew when two packets in sequence lie far behind', () => {
    const buffer = new ReorderBuffer<number>({ capacity: 4 });
    const released = pushAll(buffer, [100, 102, 10, 11, 12]);
    expect(numbers(released)).toEqual([100, 102, 11, 12]);
    expect(released.map(({ restarted }) => restarted)).toEqual([false, false, true, false]);
    expect(buffer.counts).toEqual({ lost: 1, late: 1, duplicates: 0, outOfOrder: 0 });
  });

  it('is not led astray by single packets from far behind', () => {
    const buffer = new ReorderBuffer<number>({ capacity: 4 });
    expect(numbers(pushAll(buffer, [100, 10, 101, 11, 102, 13, 103]))).toEqual([100, 101, 102, 103]);
    expect(buffer.counts.late).toBe(3);
  });

  it('takes two packets from far behind that do not follow each other for late ones', () => {
    expect(numbers(pushAll(new ReorderBuffer<number>({ capacity: 4 }), [100, 10, 40, 101]))).toEqual([
      100, 101,
    ]);
  });

  describe('laws', () => {
    const arrivals = fc.array(
      fc.record({ sequence: fc.integer({ min: -40, max: 60 }), after: fc.integer({ min: 0, max: 200 }) }),
      { maxLength: 120 },
    );

    it('releases each at most once, in order, accounts for every number, holds none too long and few at once', () => {
      fc.assert(
        fc.property(arrivals, fc.integer({ min: 1, max: 8 }), (packets, extra) => {
          const capacity = 101 + extra; // no jump within [-40, 60]
          const buffer = new ReorderBuffer<{ sequence: number; at: number }>({ capacity });
          const released: Released<{ sequence: number; at: number }>[] = [];
          let now = 0;
          for (const { sequence, after } of packets) {
            now += after;
            const out = buffer.push(sequence, { sequence, at: now }, ms(now));
            for (const { item } of out) expect(now - item.at).toBeLessThan(350 + after + 1);
            released.push(...out);
            expect(buffer.waiting).toBeLessThanOrEqual(capacity);
          }
          released.push(...buffer.expire(ms(now + 350)));
          expect(buffer.waiting).toBe(0);
          for (const [i, { sequence, lost, item }] of released.entries()) {
            expect(item.sequence).toBe(sequence);
            const before = released[i - 1];
            if (before) expect(sequence - lost).toBe(before.sequence + 1);
          }
          const { late, duplicates, lost } = buffer.counts;
          expect(released.length + late + duplicates).toBe(packets.length);
          expect(released.reduce((sum, { lost: gap }) => sum + gap, 0)).toBe(lost);
        }),
        { numRuns: 500 },
      );
    });

    it('is bounded and in order between restarts, whatever numbers come', () => {
      const wild = fc.array(fc.integer({ min: -3000, max: 3000 }), { maxLength: 300 });
      fc.assert(
        fc.property(wild, fc.integer({ min: 1, max: 64 }), (sequences, capacity) => {
          const buffer = new ReorderBuffer<number>({ capacity });
          let last = -Infinity;
          for (const [i, sequence] of sequences.entries()) {
            for (const released of buffer.push(sequence, sequence, ms(i * 20))) {
              if (!released.restarted) expect(released.sequence).toBeGreaterThan(last);
              last = released.sequence;
            }
            expect(buffer.waiting).toBeLessThanOrEqual(capacity);
          }
        }),
      );
    });
  });
});
