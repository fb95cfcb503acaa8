/** What peers are told of training: phase, round, verdict, and why. */
import type { Prequential, Training, TrainingPhase } from '../../proto/messages.ts';
import type { PolicyName } from '../../proto/policies.ts';
import type { JournalEntry } from '../../src/journal.ts';
import { planOf, type StreamState } from '../../src/pmr/stream/state.ts';
import type { Balance } from '../compute/ports.ts';

/** What the page shows of training. */
export type LearningState = {
  readonly phase: TrainingPhase;
  readonly round: number;
  readonly step: number;
  readonly steps: number;
  readonly verdict: string;
  readonly reason: string;
  readonly balance: Balance;
  readonly policy: PolicyName;
};

/** Where one sense has no score at all the ratio has no bound; the wire and the page have. */
const LARGEST_RHO = 1000;

const QUIET: Balance = { rho: null, beta: 0, gamma: 0 };

/** How training stands when a server starts on this journal. */
export function startingState(entries: readonly JournalEntry[], policy: PolicyName): LearningState {
  const round = entries.reduce((last, { event }) => (event.type === 'round' ? event.round : last), 0);
  const verdict = lastVerdict(entries);
  return {
    phase: 'idle',
    round,
    step: 0,
    steps: 0,
    verdict,
    reason: 'no labels wait',
    balance: QUIET,
    policy,
  };
}

function lastVerdict(entries: readonly JournalEntry[]): string {
  const last = entries.findLast(({ event }) => event.type === 'promotion' || event.type === 'rejection');
  return last && (last.event.type === 'promotion' || last.event.type === 'rejection')
    ? last.event.verdict
    : '';
}

/** The imbalance ratio as peers are told it: in [1 / 1000, 1000]. */
export function toldRho(rho: number | null): number | null {
  return rho === null ? null : Math.min(LARGEST_RHO, Math.max(1 / LARGEST_RHO, rho));
}

/** The message to every peer. @param labelsWaiting labels that no round has read yet. */
export function trainingMessage(
  { balance, policy, ...state }: LearningState,
  { prequential, stream }: { readonly prequential: Prequential; readonly stream: StreamState },
  labelsWaiting: number,
): Training {
  const { rho, beta, gamma, mode, reason, early } = planOf(stream);
  const planned = policy === 'pmr-stream' && state.phase !== 'training' ? { beta, gamma } : {};
  return {
    type: 'training',
    ...state,
    ...balance,
    // Between rounds: what the next one will do, where that is settled before it begins.
    ...planned,
    // While a round runs its batches say more; else what was scored before it was learned.
    rho: toldRho(state.phase === 'training' ? balance.rho : (rho ?? balance.rho)),
    labelsWaiting,
    prequential,
    rebalance: { policy, mode, reason, early },
  };
}
