/**
 * Which versions there are, which one serves, and which of them have learned from a label that was taken back since.
 *
 * Pure folds over the journal.
 */
import { type Millis, millis } from '../../proto/units.ts';
import { type JournalEntry, type LabelEvent, overlaps, type TrainingEvent } from '../../src/journal.ts';

type Promotion = Extract<TrainingEvent, { type: 'promotion' }>;

/** A version and what it was trained on. Version 0 is the seeded start: trained on nothing. */
export type Ancestry = {
  readonly version: number;
  /** When it was promoted. */
  readonly at: Millis;
  /** Labels up to here were read by its round. */
  readonly appliedSeq: number;
  readonly promotion: Promotion | null;
};

const START: Ancestry = { version: 0, at: millis(0), appliedSeq: 0, promotion: null };

/** Every version ever promoted, oldest first, version 0 included. */
export function versionsOf(entries: readonly JournalEntry[]): readonly Ancestry[] {
  const promoted = entries.flatMap(({ at, event }) =>
    event.type === 'promotion'
      ? [{ version: event.version, at, appliedSeq: event.appliedSeq, promotion: event } satisfies Ancestry]
      : [],
  );
  return [START, ...promoted];
}

/** The version that serves: that of the last promotion or rollback. */
export function servingOf(entries: readonly JournalEntry[]): number {
  const last = entries.findLast(({ event }) => event.type === 'promotion' || event.type === 'rollback');
  return last && (last.event.type === 'promotion' || last.event.type === 'rollback') ? last.event.version : 0;
}

type Removal = { readonly label: number; readonly removed: number };

/**
 * What was erased from the journal: its place, and the place from which it counted for nothing: of the undo that came first, or
 * of the deletion. Nothing else is left to tell labels from other erased events by.
 */
export function erasures(entries: readonly JournalEntry[]): readonly Removal[] {
  const places = new Map(entries.map(({ seq, event }) => [event.id, seq] as const));
  const undone = new Map(
    entries.flatMap(({ seq, event }) => (event.type === 'undo' ? [[event.labelId, seq] as const] : [])),
  );
  return entries.flatMap(({ seq, event }) => {
    if (event.type !== 'erased') return [];
    const removed = undone.get(event.id) ?? places.get(event.forgetId) ?? Number.POSITIVE_INFINITY;
    return [{ label: seq, removed }];
  });
}

/** For each label that was taken back (undone, its class deleted, forgotten): its place and the place of that. */
function removals(entries: readonly JournalEntry[]): readonly Removal[] {
  const given = new Map<string, LabelEvent & { readonly seq: number }>();
  const gone: Removal[] = [...erasures(entries)];
  const remove = (removed: number, matches: (label: LabelEvent) => boolean): void => {
    for (const label of given.values()) {
      if (!matches(label)) continue;
      given.delete(label.id);
      gone.push({ label: label.seq, removed });
    }
  };
  for (const { seq, event } of entries) {
    if (event.type === 'label') given.set(event.id, { ...event, seq });
    else if (event.type === 'undo') remove(seq, ({ id }) => id === event.labelId);
    else if (event.type === 'class-delete') remove(seq, ({ classId }) => classId === event.classId);
    else if (event.type === 'forget-span') remove(seq, (label) => overlaps(label, event));
    else if (event.type === 'forget')
      remove(seq, ({ classId }) => event.classId === null || classId === event.classId);
  }
  return gone;
}

/**
 * Labels up to here have been offered to a round whose outcome counts. A way back from what was taken back offers again what
 * the version that serves instead has never read.
 */
export function offeredOf(entries: readonly JournalEntry[]): number {
  const read = new Map(versionsOf(entries).map(({ version, appliedSeq }) => [version, appliedSeq] as const));
  return entries.reduce((offered, { event }) => {
    if (event.type === 'round') return event.lastSeq;
    const back = event.type === 'rollback' && event.takenBack === true;
    return back ? Math.min(offered, read.get(event.version) ?? 0) : offered;
  }, 0);
}

/**
 * Versions that hold nothing of a label that no longer counts: no label that their round read, nor one that the round of the
 * version below them read, was taken back afterwards. Oldest first; version 0 is always among them.
 */
export function cleanVersions(entries: readonly JournalEntry[]): readonly Ancestry[] {
  const gone = removals(entries);
  const clean = new Set<number>();
  return versionsOf(entries).filter(({ version, appliedSeq, promotion }) => {
    const read = gone.some(({ label, removed }) => label <= appliedSeq && removed > appliedSeq);
    const inherits = promotion !== null && !clean.has(promotion.baseVersion);
    if (!read && !inherits) clean.add(version);
    return clean.has(version);
  });
}

/**
 * The version to serve when the present one has declined: its nearest ancestor that is clean and kept. Null where only the
 * seeded version 0 is left: random weights answer badly for longer than a declined version does.
 */
export function olderChampion(entries: readonly JournalEntry[], kept: readonly number[]): number | null {
  const parents = new Map(
    versionsOf(entries).map(({ version, promotion }) => [version, promotion?.baseVersion ?? 0] as const),
  );
  const fit = new Set(cleanVersions(entries).map(({ version }) => version));
  let version = parents.get(servingOf(entries)) ?? 0;
  while (version !== 0 && !(fit.has(version) && kept.includes(version))) version = parents.get(version) ?? 0;
  return version === 0 ? null : version;
}
