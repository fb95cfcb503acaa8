/** From gestures to the span of a label. Pure. */
import { type Micros, micros } from '../../proto/units.ts';
import { GESTURE, type Selection, SHORTEST } from './selection.ts';

/** A press shorter than this is a tap: it means the moments before it. */
export const TAP_US = 400_000;
/** A key that hangs must not label the evening; the wire's bound is 60 s. */
export const LONGEST_HOLD_US = 30e6;

/** The span that a hold from `pressed` to `released` (media time) teaches. */
export function heldSpan(pressed: Micros, released: Micros): Selection {
  const held = released - pressed;
  if (held < TAP_US) return { start: micros(Math.max(0, released - GESTURE)), end: released };
  const length = Math.min(LONGEST_HOLD_US, Math.max(held, SHORTEST));
  return { start: micros(Math.max(0, released - length)), end: released };
}
