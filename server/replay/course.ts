/** What a replay runs through: the labels of a recording in their order, and after which of them rounds run. Pure. */
import type { ClassEvent, ClassRecord, JournalEntry, LabelEvent } from '../../src/journal.ts';
import { viewOf } from '../../src/journal.ts';
import { ROUND_STEPS } from '../project/cadence.ts';
import { recordedBoundaries } from './recorded-rounds.ts';

export type CourseStep =
  | { readonly type: 'class'; readonly event: ClassEvent }
  /** `rounds`: whether rounds run after it. */
  | {
      readonly type: 'label';
      readonly event: LabelEvent;
      readonly recorded: number;
      readonly rounds: boolean;
    };

export type ReplayCourse = {
  readonly steps: readonly CourseStep[];
  readonly classes: readonly ClassRecord[];
  readonly labels: number;
  /** Groups of rounds. */
  readonly groups: number;
  /** Optimizer steps of a round, as recorded. */
  readonly roundSteps: number;
};

/** Labels between groups of rounds where none were recorded. */
const DEFAULT_EVERY = 5;

/**
 * The course of a journal up to a place. What was taken back by then counts as never given.
 *
 * @param every rounds after each so many labels, and after the last; null: where they were recorded.
 */
export function courseOf(
  entries: readonly JournalEntry[],
  until: number,
  every: number | null,
): ReplayCourse {
  const read = entries.filter(({ seq }) => seq <= until);
  const { classes, labels } = viewOf(read);
  const places = labels.map(({ seq }) => seq);
  const after = boundariesOf(read, places, every);
  const counts = new Set(places);
  const known = new Set(classes.map(({ id }) => id));
  const steps = read.flatMap(({ seq, event }): CourseStep[] => {
    switch (event.type) {
      case 'label':
        if (!counts.has(seq)) return [];
        return [{ type: 'label', event, recorded: seq, rounds: after.has(seq) }];
      case 'class-add':
      case 'class-rename':
        return known.has(event.classId) ? [{ type: 'class', event }] : [];
      default: // what training did is the policy's to do anew
        return [];
    }
  });
  const recorded = read.find(({ event }) => event.type === 'round')?.event;
  const roundSteps = recorded?.type === 'round' ? recorded.steps : ROUND_STEPS;
  return { steps, classes, labels: labels.length, groups: after.size, roundSteps };
}

function boundariesOf(
  entries: readonly JournalEntry[],
  places: readonly number[],
  every: number | null,
): ReadonlySet<number> {
  const recorded = every === null ? recordedBoundaries(entries) : [];
  // A label that was taken back may have been the newest: the one before it stands in its place.
  const kept = recorded.map((seq) => places.findLast((place) => place <= seq) ?? 0);
  if (recorded.length > 0) return new Set(kept.filter((seq) => seq > 0));
  const size = every ?? DEFAULT_EVERY;
  return new Set(places.filter((_, i) => (i + 1) % size === 0 || i === places.length - 1));
}
