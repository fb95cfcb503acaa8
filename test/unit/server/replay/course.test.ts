import { describe, expect, it } from 'vitest';
import { millis } from '../../../../proto/units.ts';
import { courseOf } from '../../../../server/replay/course.ts';
import type { JournalEntry, JournalEvent } from '../../../../src/journal.ts';
import { labelOf } from '../../../support/compute-windows.ts';

const journal = (...events: JournalEvent[]): JournalEntry[] =>
  events.map((event, i) => ({ seq: i + 1, at: millis(0), event }));
const made = (classId: string): JournalEvent => ({
  ...{ type: 'class-add', id: `add-${classId}`, classId, name: classId, colour: '#000000' },
});
const round = (number: number, lastSeq: number): JournalEvent => ({
  ...{ type: 'round', id: `round-${number}`, round: number, baseVersion: 0, lastSeq },
  ...{ seed: number, steps: 16, policy: 'joint', backend: 'wasm' },
});
const labels = ({ steps }: ReturnType<typeof courseOf>): readonly string[] =>
  steps.flatMap((step) => (step.type === 'label' ? [`${step.event.id}${step.rounds ? ' rounds' : ''}`] : []));

const entries = journal(
  made('door'), // 1
  labelOf('door', 1),
  made('cat'), // 3
  labelOf('cat', 2),
  round(1, 4), // 5
  labelOf('door', 3),
  { type: 'undo', id: 'undo', labelId: 'label-3' }, // 7
  round(2, 6),
  labelOf('door', 4), // 9
  { type: 'class-delete', id: 'delete', classId: 'cat' },
);

describe('courseOf', () => {
  it('takes labels in force, and rounds after those after which they were recorded', () => {
    const course = courseOf(entries, 9, null);
    expect(labels(course)).toEqual(['label-1', 'label-2 rounds', 'label-4']);
    expect(course).toMatchObject({ labels: 3, groups: 1, roundSteps: 16 });
    expect(course.classes.map(({ id }) => id)).toEqual(['door', 'cat']);
  });

  it('counts what was taken back as never given: a class with its labels, and the round moves to the label before', () => {
    const course = courseOf(entries, 10, null);
    expect(labels(course)).toEqual(['label-1 rounds', 'label-4']);
    expect(course.steps.filter(({ type }) => type === 'class')).toHaveLength(1);
  });

  it('stops where it is told', () => {
    expect(labels(courseOf(entries, 6, null))).toEqual(['label-1', 'label-2 rounds', 'label-3']);
    expect(courseOf(entries, 0, null)).toMatchObject({ labels: 0, groups: 0, roundSteps: 200 });
  });

  it('runs rounds after every so many labels, and after the last', () => {
    expect(labels(courseOf(entries, 9, 2))).toEqual(['label-1', 'label-2 rounds', 'label-4 rounds']);
    const unrecorded = entries.filter(({ event }) => event.type !== 'round');
    expect(labels(courseOf(unrecorded, 9, null))).toEqual(['label-1', 'label-2', 'label-4 rounds']);
  });
});
