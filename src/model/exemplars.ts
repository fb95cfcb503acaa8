/**
 * The labelled representations that one modality keeps: of each class, of each "not this class", of the background.
 *
 * Raw representations are kept, not sums, so that an undo removes exactly what the label gave. The newest
 * `ACTIVE_EXEMPLARS` of a shelf shape its prototype; older ones wait in reserve, to come back when newer ones are undone.
 */
import type { LabelKind } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';

/** One labelled window of one modality. `z` is never changed. */
export type Exemplar = {
  readonly labelId: string;
  /** Journal place of the label: "newest" means the largest. */
  readonly seq: number;
  readonly start: Micros;
  readonly z: Float32Array;
};

/** Lists in order of (seq, start); no empty list is kept. Never changed in place. */
export type Taught = {
  /** By class id. */
  readonly positives: ReadonlyMap<string, readonly Exemplar[]>;
  /** What was labelled "not X", by X. */
  readonly negatives: ReadonlyMap<string, readonly Exemplar[]>;
  /** What was labelled unknown. */
  readonly background: readonly Exemplar[];
};

/** How many of the newest exemplars shape a prototype. */
export const ACTIVE_EXEMPLARS = 64;
/** How many are kept. An undo is exact as long as fewer than the difference were taught after and undone; the journal rebuilds the rest. */
export const KEPT_EXEMPLARS = 256;

export const NOTHING_TAUGHT: Taught = { positives: new Map(), negatives: new Map(), background: [] };

const inOrder = (a: Exemplar, b: Exemplar): number => a.seq - b.seq || a.start - b.start;

const merged = (old: readonly Exemplar[], added: readonly Exemplar[]): readonly Exemplar[] =>
  [...old, ...added].sort(inOrder).slice(-KEPT_EXEMPLARS);

type Shelves = ReadonlyMap<string, readonly Exemplar[]>;

const put = (shelves: Shelves, classId: string, added: readonly Exemplar[]): Shelves =>
  new Map(shelves).set(classId, merged(shelves.get(classId) ?? [], added));

/** `taught` with more exemplars of one label; `classId` is not read for `unknown`. */
export function withExemplars(
  taught: Taught,
  kind: LabelKind,
  classId: string,
  added: readonly Exemplar[],
): Taught {
  if (added.length === 0) return taught;
  switch (kind) {
    case 'class':
      return { ...taught, positives: put(taught.positives, classId, added) };
    case 'not-class':
      return { ...taught, negatives: put(taught.negatives, classId, added) };
    case 'unknown':
      return { ...taught, background: merged(taught.background, added) };
  }
}

function kept(shelves: Shelves, keep: (exemplar: Exemplar, classId: string) => boolean): Shelves {
  const lists = [...shelves].map(
    ([classId, list]) => [classId, list.filter((exemplar) => keep(exemplar, classId))] as const,
  );
  return new Map(lists.filter(([, list]) => list.length > 0));
}

const sizeOf = ({ positives, negatives, background }: Taught): number =>
  [...positives.values(), ...negatives.values(), background].reduce((sum, list) => sum + list.length, 0);

/** `taught` without one label; the same object if it had nothing of it. */
export function withoutLabel(taught: Taught, labelId: string): Taught {
  const other = ({ labelId: id }: Exemplar): boolean => id !== labelId;
  const rest: Taught = {
    positives: kept(taught.positives, other),
    negatives: kept(taught.negatives, other),
    background: taught.background.filter(other),
  };
  return sizeOf(rest) === sizeOf(taught) ? taught : rest;
}

/** `taught` with these classes only (the background stays); the same object if nothing goes. */
export function withClasses(taught: Taught, classIds: readonly string[]): Taught {
  const known = new Set(classIds);
  const rest: Taught = {
    positives: kept(taught.positives, (_, classId) => known.has(classId)),
    negatives: kept(taught.negatives, (_, classId) => known.has(classId)),
    background: taught.background,
  };
  return sizeOf(rest) === sizeOf(taught) ? taught : rest;
}
