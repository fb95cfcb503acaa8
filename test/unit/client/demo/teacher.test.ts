import { describe, expect, it } from 'vitest';
import { schedule } from '../../../../client/demo/schedule.ts';
import { lessons, progress, SPANS_PER_CLASS } from '../../../../client/demo/teacher.ts';
import { micros } from '../../../../proto/units.ts';

const slots = schedule(7).within(micros(0), micros(120e6));

describe('lessons', () => {
  it('gives each class its spans and no more, inside their slots', () => {
    const given = lessons(slots, new Set(), new Map());
    expect(given).toHaveLength(4 * SPANS_PER_CLASS);
    for (const { slot, start, end } of given) {
      expect(start).toBe(slot.start + 150_000);
      expect(end).toBe(slot.end - 150_000);
    }
  });

  it('goes on where it stopped', () => {
    const first = lessons(slots.slice(0, 4), new Set(), new Map());
    const used = new Set(first.map(({ slot }) => slot.index));
    const taught = new Map(first.map(({ slot }): [string, number] => [slot.class.name, 1]));
    const rest = lessons(slots, used, taught);
    expect(rest).toHaveLength(4 * (SPANS_PER_CLASS - 1));
    expect(rest.some(({ slot }) => used.has(slot.index))).toBe(false);
  });
});

describe('progress', () => {
  it('counts towards the spans of all classes', () => {
    expect(progress(new Map())).toBe(0);
    expect(progress(new Map([['Circle, chirp', SPANS_PER_CLASS + 3]]))).toBe(1 / 4);
  });
});
