/** What this person has labelled: waiting, saved with its effect, refused, undone. Newest first. Pure. */
import type { LabelEffect, LabelKind, LabelMessage, Scope, ServerMessage } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';
import { type SessionSpan, touches } from './selection.ts';

export type LabelStatus = 'waiting' | 'saved' | 'refused' | 'undoing' | 'undone';

export type LabelEntry = {
  readonly id: string;
  readonly sessionId: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly kind: LabelKind;
  /** As it was given; empty for unknown. After a reload it is empty and `classId` names the class. */
  readonly className: string;
  readonly classId: string;
  readonly scope: Scope;
  readonly status: LabelStatus;
  readonly effects: readonly LabelEffect[];
  readonly samples: number;
  /** Why it was refused. */
  readonly reason: string;
  /** Who gave it; empty where that person has no name, and while it waits. */
  readonly by: string;
  /** Id of the undo that was asked for, or empty. */
  readonly undoId: string;
};

export type LabelEvent =
  | { readonly type: 'given'; readonly label: LabelMessage }
  | { readonly type: 'undo-asked'; readonly labelId: string; readonly undoId: string }
  /** Data was deleted for good: of a span, of one class, or of all where `classId` is empty. */
  | { readonly type: 'forgotten'; readonly classId: string; readonly span?: SessionSpan }
  | ServerMessage;

const KEPT = 50; // rows; older labels are still in the project, only not in this list

const FRESH = {
  status: 'waiting',
  effects: [],
  samples: 0,
  reason: '',
  undoId: '',
  classId: '',
  by: '',
} as const;

type Forgotten = Extract<LabelEvent, { type: 'forgotten' }>;

/** Whether a label is still there after data was deleted. */
export function outlives(
  label: SessionSpan & { readonly classId: string },
  { classId, span }: Forgotten,
): boolean {
  if (span) return !touches(label, span);
  return classId !== '' && label.classId !== classId;
}

type Entries = readonly LabelEntry[];

function change(entries: Entries, which: (entry: LabelEntry) => boolean, by: Partial<LabelEntry>): Entries {
  return entries.some(which) ? entries.map((entry) => (which(entry) ? { ...entry, ...by } : entry)) : entries;
}

function add(entries: Entries, entry: LabelEntry): Entries {
  return [entry, ...entries].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, KEPT); // ULIDs sort by time
}

function refused(entries: Entries, regarding: string, reason: string): Entries {
  if (regarding === '') return entries;
  const labelled = change(entries, (entry) => entry.id === regarding, { status: 'refused', reason });
  return change(labelled, (entry) => entry.undoId === regarding, { status: 'saved', undoId: '', reason });
}

/** The list after an event; the same array where the event does not concern it. */
export function reduceLabels(entries: Entries, event: LabelEvent): Entries {
  switch (event.type) {
    case 'given':
      return add(entries, { ...event.label, ...FRESH });
    case 'undo-asked':
      return change(entries, (entry) => entry.id === event.labelId, {
        status: 'undoing',
        undoId: event.undoId,
      });
    case 'ack': {
      const { effects, samples } = event;
      const saved = change(entries, (entry) => entry.id === event.id, { status: 'saved', effects, samples });
      return change(saved, (entry) => entry.undoId === event.id, { status: 'undone' });
    }
    case 'error':
      return refused(entries, event.regarding, event.message);
    case 'label-placed': {
      const { labelId: id, classId, undone, by } = event;
      if (undone) return change(entries, (entry) => entry.id === id, { status: 'undone' });
      if (entries.some((entry) => entry.id === id))
        return change(entries, (entry) => entry.id === id, { classId, by });
      const { sessionId, start, end, kind, scope } = event;
      return add(entries, {
        ...FRESH,
        id,
        sessionId,
        start,
        end,
        kind,
        scope,
        className: '',
        classId,
        by,
        status: 'saved',
      });
    }
    case 'forgotten':
      return entries.filter((entry) => outlives(entry, event));
    default:
      return entries;
  }
}

/** True for a label that somebody of another name has given. */
export const isOthers = (entry: LabelEntry, me: string): boolean => entry.by !== '' && entry.by !== me;

/** The newest label of `me` that can still be undone, or undefined. */
export const lastUndoable = (entries: Entries, me: string): LabelEntry | undefined =>
  entries.find((entry) => (entry.status === 'saved' || entry.status === 'waiting') && !isOthers(entry, me));
