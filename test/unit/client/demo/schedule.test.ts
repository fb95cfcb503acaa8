import { describe, expect, it } from 'vitest';
import { DEMO_CLASSES } from '../../../../client/demo/classes.ts';
import { schedule } from '../../../../client/demo/schedule.ts';
import { micros } from '../../../../proto/units.ts';

const MINUTES = micros(180e6);

describe('schedule', () => {
  it('is the same for the same seed, and another for another', () => {
    const slots = (seed: number) => schedule(seed).within(micros(0), MINUTES);
    expect(slots(7)).toEqual(slots(7));
    expect(slots(7)).not.toEqual(slots(8));
  });

  it('covers time without a gap, in slots of 2.4 to 3 s', () => {
    const slots = schedule(7).within(micros(0), MINUTES);
    for (const [i, slot] of slots.entries()) {
      expect(slot.start).toBe(slots[i - 1]?.end ?? 0);
      expect(slot.end - slot.start).toBeGreaterThanOrEqual(2.4e6);
      expect(slot.end - slot.start).toBeLessThanOrEqual(3e6);
    }
  });

  it('shows every class once in each round of four, never the same twice in a row', () => {
    const names = schedule(7)
      .within(micros(0), MINUTES)
      .map((slot) => slot.class.name);
    for (let i = 0; i + 4 <= names.length; i += 4)
      expect(new Set(names.slice(i, i + 4)).size).toBe(DEMO_CLASSES.length);
    for (let i = 1; i < names.length; i++) expect(names[i]).not.toBe(names[i - 1]);
  });

  it('finds the slot of a moment', () => {
    const plan = schedule(7);
    const [first, second] = plan.within(micros(0), micros(10e6));
    expect(plan.at(micros(0))).toEqual(first);
    expect(plan.at(micros((second?.start ?? 0) + 1))).toEqual(second);
    expect(plan.at(micros(-5))).toEqual(first);
  });
});
