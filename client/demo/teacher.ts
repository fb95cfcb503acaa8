/** "Teach for me": which of the demo's slots to label next, so that every class gets a few spans. Pure. */
import { type Micros, micros } from '../../proto/units.ts';
import { DEMO_CLASSES } from './classes.ts';
import type { DemoSlot } from './schedule.ts';

/** Spans per class: encoders may be trained from three on (reference `fewshot.md`), the fourth can be held out. */
export const SPANS_PER_CLASS = 4;
/** Cut off both ends of a slot: sound and picture change over within this. */
const INSET_US = 150_000;

export type Lesson = { readonly slot: DemoSlot; readonly start: Micros; readonly end: Micros };

/** Spans taught so far, by class name. */
export type Taught = ReadonlyMap<string, number>;

/** The lessons to give now: finished slots not yet used, oldest first, up to the wanted spans of each class. */
export function lessons(
  slots: readonly DemoSlot[],
  used: ReadonlySet<number>,
  taught: Taught,
): readonly Lesson[] {
  const counts = new Map(taught);
  const out: Lesson[] = [];
  for (const slot of slots) {
    const count = counts.get(slot.class.name) ?? 0;
    if (used.has(slot.index) || count >= SPANS_PER_CLASS) continue;
    counts.set(slot.class.name, count + 1);
    out.push({ slot, start: micros(slot.start + INSET_US), end: micros(slot.end - INSET_US) });
  }
  return out;
}

/** Progress in [0, 1]. */
export function progress(taught: Taught): number {
  const done = DEMO_CLASSES.reduce(
    (sum, { name }) => sum + Math.min(SPANS_PER_CLASS, taught.get(name) ?? 0),
    0,
  );
  return done / (DEMO_CLASSES.length * SPANS_PER_CLASS);
}
