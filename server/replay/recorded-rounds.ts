/**
 * What training did, as a journal tells it: its rounds, how each ended, and which of them can be run again. Pure folds.
 */
import type { PolicyName } from '../../proto/policies.ts';
import type { HeldOut, JournalEntry, TrainingEvent } from '../../src/journal.ts';
import { DEFAULT_POLICY } from '../../src/training/policies/table.ts';
import { CliError } from '../errors.ts';
import { erasures } from '../project/lineage.ts';

export type RecordedOutcome =
  /** `sha256`: of the manifest, as it was promoted. */
  | {
      readonly type: 'promoted';
      readonly seq: number;
      readonly version: number;
      readonly sha256: string;
      readonly heldOut: HeldOut | null;
    }
  | {
      readonly type: 'rejected';
      readonly seq: number;
      readonly heldOut: HeldOut | null;
      /** It was a candidate, and something that it rested on was taken back while it ran. */
      readonly discarded: boolean;
    };

/** A round that ended: with these, and the entries up to `lastSeq`, it ends the same way again. */
export type RecordedRound = {
  readonly round: number;
  readonly baseVersion: number;
  readonly lastSeq: number;
  readonly seed: number;
  readonly steps: number;
  readonly policy: PolicyName;
  readonly backend: string;
  readonly outcome: RecordedOutcome;
  /** False when something that it read was erased since: nobody can run it again. */
  readonly repeatable: boolean;
};

type RoundEvent = Extract<TrainingEvent, { type: 'round' }>;

function outcomeOf({ seq, event }: JournalEntry): RecordedOutcome | null {
  if (event.type === 'promotion') {
    const { version, sha256, heldOut } = event;
    return { type: 'promoted', seq, version, sha256, heldOut };
  }
  if (event.type !== 'rejection') return null;
  const { heldOut, verdict } = event;
  return { type: 'rejected', seq, heldOut, discarded: verdict.startsWith('discarded:') };
}

/** The rounds that ended in a promotion or a rejection, in their order; one that failed, or had nothing to learn, left no trace. */
export function recordedRounds(entries: readonly JournalEntry[]): readonly RecordedRound[] {
  const gone = erasures(entries);
  const begun = new Map<number, RoundEvent>();
  return entries.flatMap((entry): RecordedRound[] => {
    const { event } = entry;
    if (event.type === 'round') begun.set(event.round, event);
    const outcome = outcomeOf(entry);
    if (!outcome || (event.type !== 'promotion' && event.type !== 'rejection')) return [];
    const round = begun.get(event.round);
    if (!round) return [];
    const { baseVersion, lastSeq, seed, steps, policy = DEFAULT_POLICY, backend } = round;
    // What was erased before the round began counted for nothing then, too.
    const repeatable = !gone.some(({ label, removed }) => label <= lastSeq && removed > lastSeq);
    return [{ round: round.round, baseVersion, lastSeq, seed, steps, policy, backend, outcome, repeatable }];
  });
}

/**
 * The journal's place at which to stop: of an event's id, or of the promotion of a version (`v3` or `3`). Null: its end.
 *
 * @throws {CliError} ERR_CLI_OPTION for an id or a version that the journal does not hold.
 */
export function placeOf(entries: readonly JournalEntry[], id: string | null): number {
  const end = entries.at(-1)?.seq ?? 0;
  if (id === null) return end;
  const named = entries.find(({ event }) => event.id === id);
  if (named) return named.seq;
  const version = Number(/^v?(\d{1,9})$/.exec(id)?.[1] ?? Number.NaN);
  if (version === 0) return 0;
  const promoted = entries.find(({ event }) => event.type === 'promotion' && event.version === version);
  if (promoted) return promoted.seq;
  const versions = entries.flatMap(({ event }) => (event.type === 'promotion' ? [`v${event.version}`] : []));
  const seen = `--until names ${id}, which is neither an event nor a version of this journal`;
  throw new CliError('ERR_CLI_OPTION', `${seen}; its versions are ${['v0', ...versions].join(', ')}`);
}

/** The seed of the first weights, as the first round has it: a round's own is that plus its number. Null before the first. */
export function recordedSeed(entries: readonly JournalEntry[]): number | null {
  for (const { event } of entries) if (event.type === 'round') return event.seed - event.round;
  return null;
}

/**
 * After which labels rounds were run: the place of the newest label that a group of rounds read, ascending. When exactly a
 * round begins depends on a person's pauses; a replay takes it from here.
 */
export function recordedBoundaries(entries: readonly JournalEntry[]): readonly number[] {
  const rounds = entries.flatMap(({ event }) => (event.type === 'round' ? [event.lastSeq] : []));
  const newest = rounds.map(
    (lastSeq) => entries.findLast(({ seq, event }) => seq <= lastSeq && event.type === 'label')?.seq ?? 0,
  );
  return [...new Set(newest)].filter((seq) => seq > 0).sort((a, b) => a - b);
}
