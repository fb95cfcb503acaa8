import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { micros } from '../../../proto/units.ts';
import { CaptureClock, microsFromNtp, parseAbsCaptureTime } from '../../../src/rtp/capture-time.ts';
import { absCaptureTime } from '../../support/rtp-packetize.ts';

const NOON = Date.UTC(2026, 10, 23, 12) * 1e3; // microseconds

describe('microsFromNtp', () => {
  it.each([
    ['the Unix epoch', 2_208_988_800, 0, 0],
    ['half a second after it', 2_208_988_800, 2 ** 31, 500_000],
    ['one microsecond, which is 4294.97 parts', 2_208_988_800, 4295, 1],
    ['the last second before the wrap', 2 ** 32 - 1, 0, (2 ** 32 - 1 - 2_208_988_800) * 1e6],
    ['the wrap of 2036', 0, 1, Date.UTC(2036, 1, 7, 6, 28, 16) * 1e3],
  ])('converts %s', (_, seconds, fraction, expected) => {
    expect(microsFromNtp(seconds, fraction)).toBe(expected);
  });

  it('is null for 0, which is no time', () => {
    expect(microsFromNtp(0, 0)).toBeNull();
  });
});

describe('parseAbsCaptureTime', () => {
  it('reads both forms to the microsecond (law)', () => {
    const instants = fc.integer({ min: Date.UTC(2000, 0) * 1e3, max: Date.UTC(2060, 0) * 1e3 });
    fc.assert(
      fc.property(instants, fc.boolean(), (at, long) => {
        expect(parseAbsCaptureTime(absCaptureTime(at, long))).toBe(at);
      }),
    );
  });

  it('reads from the middle of a larger buffer', () => {
    const large = new Uint8Array(20);
    large.set(absCaptureTime(NOON), 5);
    expect(parseAbsCaptureTime(large.subarray(5, 13))).toBe(NOON);
  });

  it.each([0, 3, 7, 9, 15, 17])('is null for %i bytes', (length) => {
    expect(parseAbsCaptureTime(new Uint8Array(length).fill(1))).toBeNull();
  });

  it('is null for 0', () => {
    expect(parseAbsCaptureTime(new Uint8Array(8))).toBeNull();
  });
});

describe('CaptureClock', () => {
  const RATE = 90_000;
  const second = 1e6;
  /** References at these seconds of the stream, off a true clock by so many microseconds. */
  const clockWith = (...references: readonly (readonly [seconds: number, off: number])[]): CaptureClock => {
    const clock = new CaptureClock({ clockRateHz: RATE });
    for (const [at, off] of references) clock.reference(at * RATE, micros(NOON + at * second + off));
    return clock;
  };
  const errorAt = (clock: CaptureClock, seconds: number): number =>
    (clock.captureAt(seconds * RATE) ?? Number.NaN) - (NOON + seconds * second);

  it('is null before the first reference', () => {
    expect(new CaptureClock({ clockRateHz: RATE }).captureAt(0)).toBeNull();
  });

  it('is exact at a reference, and goes on and back from it at the clock rate', () => {
    const clock = clockWith([10, 0]);
    expect([0, 10, 10.5, 100].map((at) => errorAt(clock, at))).toEqual([0, 0, 0, 0]);
  });

  it('rounds to whole microseconds', () => {
    expect(clockWith([0, 0]).captureAt(1)).toBe(NOON + 11); // 1 / 90000 s is 11.1 microseconds
  });

  it.each([
    [
      'follows the newest reference',
      [
        [0, 0],
        [1, 800],
      ],
      800,
    ],
    [
      'follows one that is off by 10 ms at once',
      [
        [0, 0],
        [1, -10_000],
      ],
      -10_000,
    ],
    [
      'ignores a reference older than the newest',
      [
        [0, 0],
        [2, 500],
        [1, 900],
      ],
      500,
    ],
    [
      'moves by 10 ms for one that is off by more',
      [
        [0, 0],
        [1, 40_000],
      ],
      10_000,
    ],
    [
      'moves back by 10 ms for one that is off by more',
      [
        [0, 0],
        [1, -5e6],
      ],
      -10_000,
    ],
    [
      'comes back from a wrong one with the next',
      [
        [0, 0],
        [1, 40_000],
        [2, 0],
      ],
      0,
    ],
    [
      'follows a jump when the next reference confirms it',
      [
        [0, 0],
        [1, 40_000],
        [2, 40_500],
      ],
      40_500,
    ],
    [
      'follows a jump back',
      [
        [0, 0],
        [1, -3.6e9],
        [2, -3.6e9],
      ],
      -3.6e9,
    ],
    [
      'does not take two wrong ones that disagree for a jump',
      [
        [0, 0],
        [1, 40_000],
        [2, 90_000],
      ],
      20_000,
    ],
    [
      'does not take the same wrong one twice for a jump',
      [
        [0, 0],
        [1, 40_000],
        [1, 40_000],
      ],
      20_000,
    ],
    [
      'forgets a doubt when a good one comes between',
      [
        [0, 0],
        [1, 40_000],
        [2, 0],
        [3, 40_000],
      ],
      10_000,
    ],
    [
      'does not move for an older one that is off',
      [
        [0, 0],
        [5, 0],
        [3, 70_000],
      ],
      0,
    ],
  ] as const)('%s', (_, references, expected) => {
    expect(errorAt(clockWith(...references), 60)).toBe(expected);
  });

  it('follows timestamps that begin anew further back, at the second reference', () => {
    const clock = clockWith([100, 0], [101, 0]);
    const anew = (seconds: number): void =>
      clock.reference(seconds * RATE, micros(NOON + (102 + seconds) * second));
    anew(0);
    expect(clock.captureAt(101 * RATE)).toBe(NOON + 101 * second);
    anew(1);
    expect(clock.captureAt(2 * RATE)).toBe(NOON + 104 * second);
  });

  it('stays within the drift of one interval between references (law)', () => {
    const drifts = fc.integer({ min: -500, max: 500 }); // parts per million; a crystal has under 100
    fc.assert(
      fc.property(drifts, fc.integer({ min: 1, max: 12 }), (ppm, interval) => {
        const clock = new CaptureClock({ clockRateHz: RATE });
        const trueAt = (seconds: number): number => NOON + Math.round(seconds * (second + ppm));
        for (let at = 0; at <= 3600; at += interval) {
          if (at > 0) {
            const error = (clock.captureAt(at * RATE) ?? Number.NaN) - trueAt(at);
            expect(Math.abs(error)).toBeLessThanOrEqual(Math.abs(ppm) * interval + 1); // 1 for rounding
          }
          clock.reference(at * RATE, micros(trueAt(at)));
          expect(clock.captureAt(at * RATE)).toBe(trueAt(at));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is moved by at most 10 ms by any one reference (law)', () => {
    const offsets = fc.integer({ min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), offsets, (at, off) => {
        const clock = clockWith([0, 0], [at, off]);
        expect(Math.abs(errorAt(clock, 0))).toBeLessThanOrEqual(10_000);
      }),
    );
  });
});
