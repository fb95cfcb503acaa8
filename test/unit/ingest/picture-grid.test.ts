import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import { PictureGrid } from '../../../server/ingest/picture-grid.ts';

const kept = (times: readonly number[]): number[] => {
  const grid = new PictureGrid(15);
  return times.filter((ms) => grid.takes(micros(Math.round(ms * 1000))));
};
const at = (fps: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (i * 1000) / fps);

describe('PictureGrid', () => {
  it('keeps every picture at 15 a second although stamps jitter by 10 ms', () => {
    const jittered = at(15, 60).map((ms, i) => ms + 10 * Math.sin(i * i));
    expect(kept(jittered)).toEqual(jittered);
  });

  it('keeps every second one at 30 a second and all at 10', () => {
    expect(kept(at(30, 60))).toEqual(at(30, 60).filter((_, i) => i % 2 === 0));
    expect(kept(at(10, 30))).toEqual(at(10, 30));
  });

  it('keeps never more than 15 a second on average, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 300 }), (steps) => {
        let now = 0;
        const times = steps.map((step) => {
          now += step;
          return now;
        });
        expect(kept(times).length).toBeLessThanOrEqual(2 + (now * 15) / 1000); // one for the start, one that came early
      }),
    );
  });

  it('goes on after a hole and lets pictures that are not newer through', () => {
    expect(kept([0, 5_000, 5_010, 5_067, 4_000, 5_067])).toEqual([0, 5_000, 5_067, 4_000, 5_067]);
  });
});
