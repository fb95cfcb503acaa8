import { describe, expect, it } from 'vitest';
import {
  type LabelEntry,
  type LabelEvent,
  lastUndoable,
  reduceLabels,
} from '../../../../client/state/labels.ts';
import type { ServerMessage } from '../../../../proto/messages.ts';
import { micros } from '../../../../proto/units.ts';
import { label, placed } from '../fixtures.ts';

const fold = (...events: LabelEvent[]): readonly LabelEntry[] =>
  events.reduce<readonly LabelEntry[]>(reduceLabels, []);
const ack = (id: string): ServerMessage => ({
  type: 'ack',
  id,
  seq: 4,
  duplicate: false,
  effects: [{ modality: 'audio', before: 0.2, after: 0.7 }],
  samples: 3,
});
const refusal = (regarding: string): ServerMessage => ({
  type: 'error',
  code: 'ERR_X',
  message: 'no such class',
  fatal: false,
  regarding,
});

describe('reduceLabels', () => {
  it('waits, then is saved with its effect', () => {
    expect(fold({ type: 'given', label: label('01') })[0]?.status).toBe('waiting');
    expect(fold({ type: 'given', label: label('01') }, ack('01'))[0]).toMatchObject({
      status: 'saved',
      samples: 3,
      effects: [{ modality: 'audio', before: 0.2, after: 0.7 }],
    });
  });

  it('is undone once the undo is acknowledged', () => {
    const asked = [
      { type: 'given', label: label('01') },
      ack('01'),
      { type: 'undo-asked', labelId: '01', undoId: 'u1' },
    ] as const;
    expect(fold(...asked)[0]?.status).toBe('undoing');
    expect(fold(...asked, ack('u1'))[0]?.status).toBe('undone');
  });

  it('stays saved where the undo was refused, and says why', () => {
    const entries = fold(
      { type: 'given', label: label('01') },
      ack('01'),
      { type: 'undo-asked', labelId: '01', undoId: 'u1' },
      refusal('u1'),
    );
    expect(entries[0]).toMatchObject({ status: 'saved', reason: 'no such class' });
  });

  it('shows a refused label with its reason', () => {
    expect(fold({ type: 'given', label: label('01') }, refusal('01'))[0]).toMatchObject({
      status: 'refused',
      reason: 'no such class',
    });
  });

  it('knows labels again after a reload, newest first', () => {
    const entries = fold(placed('01', 0), placed('02', 9_000_000));
    expect(entries.map(({ id, status }) => `${id} ${status}`)).toEqual(['02 saved', '01 saved']);
  });

  it('forgets the labels of a class, or all', () => {
    const two = [placed('01', 0), placed('02', 0, { classId: 'b' })];
    expect(fold(...two, { type: 'forgotten', classId: 'a' }).map(({ id }) => id)).toEqual(['02']);
    expect(fold(...two, { type: 'forgotten', classId: '' })).toEqual([]);
  });

  it('forgets the labels that touch a span of their session, undone ones too, and no others', () => {
    const three = [
      placed('01', 0),
      placed('02', 9_000_000),
      placed('03', 0),
      placed('03', 0, { undone: true }),
    ];
    const span = { sessionId: 's1', start: micros(1), end: micros(2) };
    const left = (forgotten: typeof span) =>
      fold(...three, { type: 'forgotten', classId: '', span: forgotten }).map(({ id }) => id);
    expect(left(span)).toEqual(['02']);
    expect(left({ ...span, sessionId: 'another' })).toEqual(['03', '02', '01']);
  });

  it('leaves the list alone for what does not concern it', () => {
    const before = fold(placed('01', 0));
    expect(reduceLabels(before, ack('other'))).toBe(before);
    expect(reduceLabels(before, refusal(''))).toBe(before);
  });
});

describe('lastUndoable', () => {
  it('passes over what is undone already', () => {
    const entries = fold(placed('01', 0), placed('02', 0), placed('02', 0, { undone: true }));
    expect(lastUndoable(entries, '')?.id).toBe('01');
    expect(lastUndoable([], '')).toBeUndefined();
  });

  it('says who gave a label that came from elsewhere, and who gave its own once it is placed', () => {
    const others = reduceLabels([], placed('1', 0, { by: 'Ada' }));
    expect(others[0]?.by).toBe('Ada');
    const own = reduceLabels([], { type: 'given', label: label('2') });
    expect(own[0]?.by).toBe('');
    expect(reduceLabels(own, placed('2', 0, { by: 'Bo' }))[0]?.by).toBe('Bo');
  });

  it('leaves the labels of others to them', () => {
    const entries = fold(placed('01', 0, { by: 'Bo' }), placed('02', 0, { by: 'Ada' }));
    expect(lastUndoable(entries, 'Bo')?.id).toBe('01');
    expect(lastUndoable(entries, '')).toBeUndefined();
  });
});
