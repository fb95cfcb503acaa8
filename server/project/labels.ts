/**
 * From what a person said about a span to what the journal keeps of it, and back to what a ribbon shows.
 */
import type { Ack, LabelMessage, LabelPlaced } from '../../proto/messages.ts';
import { hasSide, withSenses } from '../../src/features/sample-sides.ts';
import type {
  EffectiveLabel,
  JournalEntry,
  LabelEvent,
  ProjectView,
  RawSample,
  Sample,
  Split,
} from '../../src/journal.ts';
import type { Inference } from '../compute/ports.ts';
import { SessionError } from '../errors.ts';

/** Every fifth label of a class is held out (pmr.md, PMR-stream step 4). */
const HELD_OUT_EVERY = 5;

/** The journal's form of a label. `samples` are those that its scope lets count. */
export function labelEvent(
  { id, sessionId, start, end, kind, scope, at }: LabelMessage,
  { by, classId, samples, entries }: LabelContext,
): LabelEvent {
  return {
    type: 'label',
    id,
    sessionId,
    start,
    end,
    kind,
    classId,
    scope,
    labelledAt: at,
    by,
    split: splitFor(entries, kind, classId),
    audioSamples: samples.filter((sample) => hasSide(sample, 'audio')).length,
    videoSamples: samples.filter((sample) => hasSide(sample, 'video')).length,
  };
}

export type LabelContext = {
  /** Who labels. */
  readonly by: string;
  /** Null exactly for `unknown`. */
  readonly classId: string | null;
  readonly samples: readonly Sample[];
  /** The journal so far. */
  readonly entries: readonly JournalEntry[];
};

/** The answer to a request that is durable and applied. */
export const acknowledged = (id: string, seq: number): Ack => ({
  type: 'ack',
  id,
  seq,
  duplicate: false,
  effects: [],
  samples: 0,
});
/** The answer to a request that was carried out before. */
export const duplicate = (id: string, seq: number): Ack => ({ ...acknowledged(id, seq), duplicate: true });

/**
 * Samples as the journal keeps them: with only the modalities that their label speaks of, and an embedding where a backbone reads one of
 * these. What has neither is left out. One after another: live windows come in between.
 */
export async function keptSamples(
  inference: Pick<Inference, 'keep'>,
  samples: readonly RawSample[],
  scope: LabelMessage['scope'],
): Promise<readonly Sample[]> {
  const kept: Sample[] = [];
  for (const sample of samples) {
    const scoped = scope === 'both' ? sample : withSenses(sample, [scope]);
    if (!hasSide(scoped, 'audio') && !hasSide(scoped, 'video')) continue;
    const one = await inference.keep(scoped);
    if (hasSide(one, 'audio') || hasSide(one, 'video')) kept.push(one);
  }
  return kept;
}

/** Why a span gives no sample, and what to do. `found`: samples there before its scope was applied. */
export function emptySpan({ start, end, scope }: LabelMessage, found: number): string {
  const length = ((end - start) / 1e6).toFixed(2);
  return found === 0
    ? `no whole window of media lies inside the ${length} s span; hold for at least 1.2 s, on the last 60 s of the ribbon`
    : `the ${length} s span holds no ${scope === 'audio' ? 'sound' : 'picture'}; label the other one, or both`;
}

/** The fifth, tenth, … label of a class is held out; what was undone counts, so that the split of a label never changes. */
function splitFor(
  entries: readonly JournalEntry[],
  kind: LabelMessage['kind'],
  classId: string | null,
): Split {
  if (kind !== 'class') return 'train';
  const before = entries.filter(
    ({ event }) => event.type === 'label' && event.kind === 'class' && event.classId === classId,
  ).length;
  return (before + 1) % HELD_OUT_EVERY === 0 ? 'validation' : 'train';
}

/** A label that counts. @throws {SessionError} ERR_LABEL_UNKNOWN */
export function labelInForce({ labels }: ProjectView, labelId: string): EffectiveLabel {
  const label = labels.find(({ id }) => id === labelId);
  if (label) return label;
  const seen = `no label ${labelId} is in force`;
  throw new SessionError('ERR_LABEL_UNKNOWN', `${seen}: it was undone or forgotten already`);
}

/** The label that takes the place of another after a second look: the same moments, of another class. `by` decided. */
export function changedLabel(
  { seq: _, ...old }: EffectiveLabel,
  { id, classId }: { readonly id: string; readonly classId: string },
  by: string,
  entries: readonly JournalEntry[],
): LabelEvent {
  return { ...old, id, classId, by, split: splitFor(entries, old.kind, classId), replaces: old.id };
}

/** How every ribbon shows a label, or that it was taken back. */
export function placed(label: LabelEvent | EffectiveLabel, undone: boolean): LabelPlaced {
  const { id, sessionId, start, end, kind, classId, scope, by } = label;
  return {
    type: 'label-placed',
    labelId: id,
    sessionId,
    start,
    end,
    kind,
    classId: classId ?? '',
    scope,
    undone,
    by,
  };
}
