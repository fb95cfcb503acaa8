/**
 * The classes as the page shows them: counts, colours, and how many spans each modality still needs.
 */
import type { ClassChange, ClassInfo, DeletedClass, LabelMessage } from '../../proto/messages.ts';
import type {
  ClassEvent,
  ClassRecord,
  EffectiveLabel,
  JournalEntry,
  ProjectView,
} from '../../src/journal.ts';
import { SPANS_BEFORE_TRAINING } from '../../src/training/readiness.ts';
import { SessionError } from '../errors.ts';

/** Twelve hues that stay apart for most forms of colour blindness, in an order that keeps neighbours unlike. */
const PALETTE = [
  '#4c8dff',
  '#ff9f1c',
  '#2ec4a6',
  '#e5588f',
  '#a98bff',
  '#c6d63b',
  '#ff6b4a',
  '#35b6e6',
  '#d9a05b',
  '#7fd36b',
  '#c77dff',
  '#94a3b8',
] as const;

/** The colour of the palette that the fewest classes have; earlier ones first. */
export function nextColour(used: readonly string[]): string {
  const count = (colour: string): number => used.filter((other) => other === colour).length;
  return PALETTE.reduce((best, colour) => (count(colour) < count(best) ? colour : best));
}

const needs = (spans: number): number => Math.max(0, SPANS_BEFORE_TRAINING - spans);

/** Classes that were deleted while labels of them, and their features, are still stored; by the names they had last. */
export function deletedClasses(entries: readonly JournalEntry[]): readonly DeletedClass[] {
  const names = new Map<string, string>();
  const labels = new Map<string, number>();
  const deleted = new Set<string>();
  for (const { event } of entries) {
    if (event.type === 'class-add' || event.type === 'class-rename') names.set(event.classId, event.name);
    else if (event.type === 'class-delete') deleted.add(event.classId);
    else if (event.type === 'label' && event.classId !== null)
      labels.set(event.classId, (labels.get(event.classId) ?? 0) + 1);
  }
  return [...deleted].flatMap((id) => {
    const [name, count = 0] = [names.get(id), labels.get(id)];
    return name !== undefined && count > 0 ? [{ id, name, labels: count }] : [];
  });
}

/** @throws {SessionError} ERR_CLASS_UNKNOWN where no class of these has the id. */
export function requireClass(classId: string, classes: readonly { readonly id: string }[]): void {
  if (classes.some(({ id }) => id === classId)) return;
  throw new SessionError('ERR_CLASS_UNKNOWN', `no class ${classId}: it was deleted already`);
}

/** The class that a label names; undefined for a new name. @throws {SessionError} ERR_CLASS_UNKNOWN for "not X" of no class. */
export function classNamed(
  classes: readonly ClassRecord[],
  { kind, className }: Pick<LabelMessage, 'kind' | 'className'>,
): ClassRecord | undefined {
  const known = classes.find(({ name }) => name === className);
  if (known || kind !== 'not-class') return known;
  const seen = `"not this" names a class that does not exist`;
  throw new SessionError('ERR_CLASS_UNKNOWN', `${seen}; make it first or pick one of the list`);
}

/** The class table for a view of the journal, in the order in which the classes were made. */
export function classInfos(view: ProjectView): readonly ClassInfo[] {
  return view.classes.map(({ id, name, colour }) => {
    const labels = view.labels.filter(({ kind, classId }) => kind === 'class' && classId === id);
    const sum = (pick: (label: EffectiveLabel) => number): number =>
      labels.reduce((total, label) => total + pick(label), 0);
    return {
      id,
      name,
      colour,
      spans: labels.length,
      audioSamples: sum(({ audioSamples }) => audioSamples),
      videoSamples: sum(({ videoSamples }) => videoSamples),
      audioNeeds: needs(labels.filter(({ audioSamples }) => audioSamples > 0).length),
      videoNeeds: needs(labels.filter(({ videoSamples }) => videoSamples > 0).length),
    };
  });
}

export type ClassEditing = {
  /** Idempotency key of the edit. */
  readonly id: string;
  readonly change: ClassChange;
  /** Id of the class if the change makes one. */
  readonly newId: string;
};

/**
 * The journal's form of a change of the classes.
 *
 * @throws {SessionError} ERR_CLASS_NAME_TAKEN, ERR_CLASS_UNKNOWN
 */
export function classEvent(classes: readonly ClassRecord[], { id, change, newId }: ClassEditing): ClassEvent {
  const own = 'classId' in change ? change.classId : null;
  if ('name' in change && classes.some((one) => one.name === change.name && one.id !== own)) {
    throw new SessionError(
      'ERR_CLASS_NAME_TAKEN',
      'there is a class of this name already; choose another name',
    );
  }
  if (own !== null) requireClass(own, classes);
  switch (change.type) {
    case 'add': {
      const colour = change.colour || nextColour(classes.map((one) => one.colour));
      return { type: 'class-add', id, classId: newId, name: change.name, colour };
    }
    case 'rename':
      return { type: 'class-rename', id, classId: change.classId, name: change.name };
    case 'recolour':
      return { type: 'class-recolour', id, classId: change.classId, colour: change.colour };
    case 'delete':
      return { type: 'class-delete', id, classId: change.classId };
  }
}
