import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { unreachable } from '../../proto/errors.ts';
import { micros, millis } from '../../proto/units.ts';
import { type JournalEntry, type JournalEvent, type LabelEvent, viewOf } from '../../src/journal.ts';

const CLASSES = ['a', 'b', 'c'];

const label = (id: string, classId: string | null): LabelEvent => ({
  type: 'label',
  id,
  sessionId: 's',
  start: micros(0),
  end: micros(960_000),
  kind: classId === null ? 'unknown' : 'class',
  classId,
  scope: 'both',
  labelledAt: millis(0),
  by: 'somebody',
  split: 'train',
  audioSamples: 3,
  videoSamples: 2,
});

const add = (id: string, classId: string): JournalEvent => ({
  type: 'class-add',
  id,
  classId,
  name: `name of ${classId}`,
  colour: '#112233',
});

/** Entries numbered as the store numbers them. */
const journal = (events: readonly JournalEvent[]): JournalEntry[] =>
  events.map((event, i) => ({ seq: i + 1, at: millis(i), event }));

const classId = fc.constantFrom(...CLASSES);
/** Any history of a few classes, ids unique; an undo may name a label that is not there (yet). */
const history = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ type: fc.constant('label' as const), classId: fc.option(classId) }),
      },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('undo' as const), label: fc.nat(20) }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('class-add' as const), classId }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('class-rename' as const), classId }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('class-recolour' as const), classId }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('class-delete' as const), classId }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('rollback' as const) }) },
    ),
    { maxLength: 25 },
  )
  .map((parts) =>
    parts.map((part, i): JournalEvent => {
      const id = `e${i}`;
      switch (part.type) {
        case 'label':
          return label(id, part.classId);
        case 'undo':
          return { type: 'undo', id, labelId: `e${part.label}` };
        case 'class-add':
          return add(id, part.classId);
        case 'class-rename':
          return { type: 'class-rename', id, classId: part.classId, name: `renamed ${i}` };
        case 'class-recolour':
          return { type: 'class-recolour', id, classId: part.classId, colour: '#445566' };
        case 'class-delete':
          return { type: 'class-delete', id, classId: part.classId };
        case 'rollback':
          return { type: 'rollback', id, version: 0, reason: 'asked' };
        default:
          return unreachable(part);
      }
    }),
  );

const isOf = (event: JournalEvent, forgotten: string | null): boolean =>
  (event.type === 'label' ||
    event.type === 'class-add' ||
    event.type === 'class-rename' ||
    event.type === 'class-recolour') &&
  (forgotten === null || event.classId === forgotten);

/** What the store leaves of a journal when a class (null: everything) is forgotten. */
const erased = (events: readonly JournalEvent[], forgotten: string | null): JournalEvent[] =>
  events.map((event) => (isOf(event, forgotten) ? { type: 'erased', id: event.id, forgetId: 'f' } : event));

/** A view without sequence numbers, which differ between journals of another length. */
const content = (events: readonly JournalEvent[]) => {
  const { classes, labels } = viewOf(journal(events));
  return { classes, labels: labels.map(({ seq: _, ...rest }) => rest) };
};

describe('viewOf', () => {
  it('folds classes and labels in journal order, with their sequence numbers', () => {
    const view = viewOf(
      journal([
        add('1', 'a'),
        label('2', 'a'),
        { type: 'class-rename', id: '3', classId: 'a', name: 'clap' },
        { type: 'class-recolour', id: '4', classId: 'a', colour: '#abcdef' },
        label('5', null),
      ]),
    );
    expect(view.lastSeq).toBe(5);
    expect(view.classes).toEqual([{ id: 'a', name: 'clap', colour: '#abcdef' }]);
    expect(view.labels.map(({ id, seq }) => [id, seq])).toEqual([
      ['2', 2],
      ['5', 5],
    ]);
  });

  it('is empty for no entries', () => {
    expect(viewOf([])).toEqual({ lastSeq: 0, classes: [], labels: [] });
  });

  it('lets an undo make a label as if it was never given', () => {
    fc.assert(
      fc.property(history, history, fc.option(classId), (before, after, of) => {
        const given = label('undone', of);
        const undo: JournalEvent = { type: 'undo', id: 'undo', labelId: 'undone' };
        expect(content([...before, given, undo, ...after])).toEqual(content([...before, ...after]));
        expect(content([...before, given, ...after, undo])).toEqual(content([...before, ...after]));
      }),
    );
  });

  it('counts a label that shares a moment with a forgotten span as never given, and no other', () => {
    const at = (id: string, start: number, end: number, sessionId = 's'): LabelEvent => ({
      ...label(id, 'a'),
      ...{ sessionId, start: micros(start), end: micros(end) },
    });
    const span = { sessionId: 's', start: micros(10), end: micros(20) };
    const given = [
      at('before', 0, 10),
      at('in', 12, 13),
      at('across', 5, 30),
      at('after', 20, 30),
      at('else', 12, 13, 't'),
    ];
    const { labels } = content([...given, { type: 'forget-span', id: 'f', ...span }, at('later', 12, 13)]);
    expect(labels.map(({ id }) => id)).toEqual(['before', 'after', 'else', 'later']);
  });

  it('does not mind an undo that is repeated, late, or names no label', () => {
    fc.assert(
      fc.property(history, (events) => {
        const undo = (id: string, labelId: string): JournalEvent => ({ type: 'undo', id, labelId });
        const once = [...events, undo('u1', 'e0')];
        expect(content([...once, undo('u2', 'e0')])).toEqual(content(once));
        expect(content([...events, undo('u3', 'nothing')])).toEqual(content(events));
      }),
    );
  });

  it('keeps labels in order, each once, none of them undone', () => {
    fc.assert(
      fc.property(history, (events) => {
        const { labels, lastSeq } = viewOf(journal(events));
        const seqs = labels.map(({ seq }) => seq);
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
        expect(lastSeq).toBe(events.length);
        for (const { seq, id } of labels) {
          const undone = events.slice(seq).some((event) => event.type === 'undo' && event.labelId === id);
          expect(undone).toBe(false);
        }
      }),
    );
  });

  it('drops the labels of a deleted class, and counts those given after', () => {
    fc.assert(
      fc.property(history, classId, (events, of) => {
        const gone = content([...events, { type: 'class-delete', id: 'd', classId: of }]);
        expect(gone.classes.some(({ id }) => id === of)).toBe(false);
        expect(gone.labels.some((each) => each.classId === of)).toBe(false);
        expect(gone.labels).toEqual(content(events).labels.filter((each) => each.classId !== of));
        const later = content([...events, { type: 'class-delete', id: 'd', classId: of }, label('new', of)]);
        expect(later.labels.at(-1)?.id).toBe('new');
      }),
    );
  });

  it('folds a forgotten class as never given, before and after the store erased it', () => {
    fc.assert(
      fc.property(history, fc.option(classId), (events, of) => {
        const forget: JournalEvent = { type: 'forget', id: 'f', classId: of };
        const never = content(events.filter((event) => !isOf(event, of)));
        expect(content([...events, forget])).toEqual(never);
        expect(content([...erased(events, of), forget])).toEqual(never);
      }),
    );
  });
});
