/** A span of the ribbon that a person has marked. Pure. */
import { type Micros, micros } from '../../proto/units.ts';

export type Selection = { readonly start: Micros; readonly end: Micros };

/** A span of one session. */
export type SessionSpan = Selection & { readonly sessionId: string };

/** Whether two spans share a moment. */
export const touches = (a: SessionSpan, b: SessionSpan): boolean =>
  a.sessionId === b.sessionId && a.start < b.end && b.start < a.end;

/** The ribbon's grain: one tile. Keys move by it, drags snap to it. */
export const STEP: Micros = micros(480_000);
/** What a click selects, and what "the last moments" means when the live answer is corrected. */
export const GESTURE: Micros = micros(2_400_000);
/** Shorter spans hold no window that lies wholly inside: 0.96 s and one hop. */
export const SHORTEST: Micros = micros(1_200_000);

/** Moves and trims a span so that it lies within [oldest, newest] and is at least SHORTEST. */
export function clamp(start: number, end: number, oldest: Micros, newest: Micros): Selection {
  const length = Math.min(Math.max(end - start, SHORTEST), newest - oldest);
  const from = Math.max(oldest, Math.min(start, newest - length));
  return { start: micros(Math.round(from)), end: micros(Math.round(from + length)) };
}

/** From a drag between two moments, in either direction; a click gives GESTURE around it. */
export function fromDrag(a: Micros, b: Micros, oldest: Micros, newest: Micros): Selection {
  if (Math.abs(a - b) < STEP / 2) return clamp(a - GESTURE / 2, a + GESTURE / 2, oldest, newest);
  const snap = (moment: number): number => Math.round(moment / STEP) * STEP;
  return clamp(snap(Math.min(a, b)), snap(Math.max(a, b)), oldest, newest);
}

/** Arrow keys: move by `steps`, or with `grow` move only the start, so that the span grows into the past. */
export function nudge(
  selection: Selection | null,
  steps: number,
  grow: boolean,
  bounds: { readonly oldest: Micros; readonly newest: Micros },
): Selection {
  const { oldest, newest } = bounds;
  if (selection === null) return clamp(newest - GESTURE, newest, oldest, newest);
  const by = steps * STEP;
  const start = selection.start + by;
  if (!grow) return clamp(start, selection.end + by, oldest, newest);
  const from = Math.min(Math.max(start, oldest), selection.end - SHORTEST);
  return clamp(from, selection.end, oldest, newest);
}

/** The selection while enough of it lies on the ribbon to be labelled or played, else null. */
export const onRibbon = (selection: Selection | null, oldest: Micros): Selection | null =>
  selection !== null && selection.end - oldest < SHORTEST ? null : selection;
