/**
 * One training round, from the journal to the version that serves: written down before it runs, run in the trainer, and what
 * passed the gate is brought into service.
 */
import { ulid } from 'ulid';
import type { PolicyName } from '../../proto/policies.ts';
import type { TrainingEvent } from '../../src/journal.ts';
import type { Balance, Inference, RoundProgress, RoundResult, Trainer } from '../compute/ports.ts';
import type { Log } from '../log.ts';
import type { ModelRegistry, VersionRecord } from '../store/ports.ts';
import type { Ended } from './cadence.ts';
import type { JournalView } from './journal-view.ts';
import { cleanVersions, servingOf, versionsOf } from './lineage.ts';
import { staleness } from './staleness.ts';

export type RoundTools = {
  readonly journal: JournalView;
  readonly registry: ModelRegistry;
  readonly trainer: Trainer;
  readonly inference: Inference;
  readonly log: Log;
  /** Seed of the project; a round's own seed is this plus its number. */
  readonly seed: number;
  /** Optimizer steps of one round. */
  readonly steps: number;
};

export type RoundOrder = {
  readonly round: number;
  readonly policy: PolicyName;
  /** It stands in the journal now, and the trainer begins. */
  readonly onBegun: (lastSeq: number) => void;
  readonly onProgress: (progress: RoundProgress) => void;
};

/** How a round ended. `stale`: what it had learned from was taken back, or replaced, while it ran. */
export type RoundEnd = {
  readonly ended: Ended;
  readonly stale: boolean;
  readonly verdict: string;
  readonly balance: Balance;
};

type Ground = {
  readonly round: number;
  readonly baseVersion: number;
  readonly lastSeq: number;
  readonly stagedFolder: string;
};
type Candidate = Extract<RoundResult, { type: 'candidate' }>;
type Promotion = Omit<Extract<TrainingEvent, { type: 'promotion' }>, 'type' | 'id'>;

/** Runs a round. Rejects where the trainer failed: nothing was learned then, and nothing is left behind. */
export async function runTrainingRound(tools: RoundTools, order: RoundOrder): Promise<RoundEnd> {
  const { journal, registry, trainer, steps, seed, inference } = tools;
  const { round, policy, onBegun, onProgress } = order;
  const { lastSeq } = journal.view;
  const serving = servingOf(journal.entries);
  const { version: baseVersion, folder: baseFolder } = await baseOf(tools);
  const plan = { round, baseVersion, lastSeq, seed: seed + round, steps, policy };
  await journal.append({ type: 'round', id: ulid(), ...plan, backend: inference.report.backend });
  onBegun(lastSeq);
  const stagedFolder = await registry.stage();
  try {
    const result = await trainer.run({ ...plan, baseFolder, stagedFolder }, onProgress);
    const stale = staleness(journal, { baseVersion, lastSeq, serving });
    return await conclude(tools, { round, baseVersion, lastSeq, stagedFolder }, result, stale);
  } catch (error) {
    await registry.discard(stagedFolder).catch(() => undefined);
    throw error;
  }
}

/** Where a round goes on from: the serving version if it is clean, else the newest clean one that is kept. */
async function baseOf({ journal, registry }: RoundTools): Promise<VersionRecord> {
  const kept = (await registry.list()).map(({ version }) => version);
  const clean = cleanVersions(journal.entries)
    .map(({ version }) => version)
    .filter((version) => kept.includes(version));
  const serving = servingOf(journal.entries);
  return registry.get(clean.includes(serving) ? serving : (clean.at(-1) ?? 0));
}

/** @param stale why a candidate may not serve, whatever the gate said; empty where it may. */
async function conclude(
  tools: RoundTools,
  ground: Ground,
  result: RoundResult,
  stale: string,
): Promise<RoundEnd> {
  const { journal, registry } = tools;
  const { balance } = result;
  if (result.type === 'candidate' && !stale) {
    await promote(tools, ground, result);
    return { ended: 'promoted', stale: false, verdict: result.verdict, balance };
  }
  await registry.discard(ground.stagedFolder);
  const verdict = stale || result.verdict;
  if (result.type !== 'nothing') {
    const { heldOut, evidence } = result;
    const judged = { verdict, heldOut, ...(evidence && !stale && { evidence }) };
    await journal.append({ type: 'rejection', id: ulid(), round: ground.round, ...judged });
  }
  const ended = result.type === 'rejected' && !stale ? 'rejected' : 'nothing';
  return { ended, stale: stale !== '', verdict, balance };
}

/** In this order, so that a crash in between leaves a version that nobody serves, never one that is not there. */
async function promote(
  { journal, registry, inference, log }: RoundTools,
  { round, baseVersion, lastSeq: appliedSeq, stagedFolder }: Ground,
  { sha256, heldOut, verdict, evidence }: Candidate,
): Promise<void> {
  // A crash between the two next steps leaves a version that only the registry knows: its number is not used again.
  const taken = [...versionsOf(journal.entries), ...(await registry.list())].map((record) => record.version);
  const version = Math.max(...taken) + 1;
  const { folder } = await registry.promote(stagedFolder, version);
  const judged = { sha256, heldOut, verdict, ...(evidence && { evidence }) };
  const promotion: Promotion = { round, version, baseVersion, appliedSeq, ...judged };
  await journal.append({ type: 'promotion', id: ulid(), ...promotion });
  await inference.swap(folder, version);
  log.info('promoted a candidate', { version, round });
}
