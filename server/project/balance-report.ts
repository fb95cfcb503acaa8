/**
 * What the page is told of the balance, as a fold over the journal: rho label by label, the guard's evidence, what the gate
 * said of the last rounds, and the ways back. Pure.
 */
import type {
  BalancePoint,
  BalanceReport,
  ComparisonReport,
  GuardEvidence,
  GuardReport,
  RollbackReport,
  RoundReport,
} from '../../proto/messages.ts';
import type { JournalEntry } from '../../src/journal.ts';
import { streamCourseOf } from '../../src/pmr/stream/fold.ts';
import { chanceLimit, guardAccuracies } from '../../src/pmr/stream/guard.ts';
import { STREAM } from '../../src/pmr/stream/settings.ts';
import { planOf, type StreamState } from '../../src/pmr/stream/state.ts';
import { DEFAULT_POLICY } from '../../src/training/policies/table.ts';
import type { Chosen } from './choosing.ts';
import { toldRho } from './learning-state.ts';

const POINTS = 240; // a chart of some 300 pixels shows no more
const ROUNDS = 8;

function pointOf(label: number, state: StreamState): BalancePoint {
  const { rho, mode } = planOf(state);
  return { label, rho: toldRho(rho), mode };
}

function guardOf({ guard, scores }: StreamState): GuardReport {
  const accuracies = guardAccuracies(guard);
  const side = (sense: 'audio' | 'video'): GuardEvidence => {
    const windows = guard.hits[sense].length;
    const needed = windows === 0 ? null : chanceLimit(scores.size, windows, STREAM);
    return {
      windows,
      accuracy: accuracies[sense],
      chance: 1 / Math.max(1, scores.size),
      needed,
      pausedFor: guard.pause[sense],
      stops: guard.stops[sense],
      trial: guard.trial?.modality === sense ? guard.trial.samples : null,
    };
  };
  return { audio: side('audio'), video: side('video'), reason: guard.reason };
}

/** How many of the scored labels stand before a place of the journal. */
type Before = (seq: number) => number;

function roundsOf(entries: readonly JournalEntry[], before: Before): readonly RoundReport[] {
  const begun = new Map<number, Pick<RoundReport, 'policy' | 'afterLabels'>>();
  const rounds: RoundReport[] = [];
  for (const { seq, at, event } of entries) {
    if (event.type === 'round')
      begun.set(event.round, { policy: event.policy ?? DEFAULT_POLICY, afterLabels: before(seq) });
    if (event.type !== 'promotion' && event.type !== 'rejection') continue;
    const { round, verdict, evidence = null } = event;
    const { policy = DEFAULT_POLICY, afterLabels = before(seq) } = begun.get(round) ?? {};
    const [outcome, version] =
      event.type === 'promotion' ? (['promoted', event.version] as const) : (['rejected', 0] as const);
    rounds.push({ round, at, afterLabels, policy, outcome, version, verdict, evidence });
  }
  return rounds.slice(-ROUNDS);
}

function rollbacksOf(entries: readonly JournalEntry[], before: Before): readonly RollbackReport[] {
  const rollbacks: RollbackReport[] = [];
  let serving = 0;
  for (const { seq, at, event } of entries) {
    if (event.type === 'promotion') serving = event.version;
    if (event.type !== 'rollback') continue;
    const { version: to, reason } = event;
    rollbacks.push({ at, afterLabels: before(seq), from: serving, to, reason });
    serving = to;
  }
  return rollbacks.slice(-ROUNDS);
}

/** What follows from the journal alone. */
export type BalanceCourse = Pick<BalanceReport, 'history' | 'limits' | 'guard' | 'rounds' | 'rollbacks'>;

/** Folds a journal. Linear in its entries. */
export function balanceCourse(entries: readonly JournalEntry[]): BalanceCourse {
  const { moments, state } = streamCourseOf(entries);
  const before: Before = (seq) => moments.filter((moment) => moment.seq < seq).length;
  const { deadBand, enterWeak, leaveWeak } = STREAM;
  const history = moments.map((moment, i) => pointOf(i + 1, moment.state));
  return {
    history: history.slice(-POINTS),
    limits: { deadBand, enterWeak, leaveWeak },
    guard: guardOf(state),
    rounds: roundsOf(entries, before),
    rollbacks: rollbacksOf(entries, before),
  };
}

/** The whole report. */
export const balanceReport = (
  course: BalanceCourse,
  { choice, policy, reason }: Chosen,
  comparison: ComparisonReport,
): BalanceReport => ({ type: 'balance', choice, policy, because: reason, ...course, comparison });
