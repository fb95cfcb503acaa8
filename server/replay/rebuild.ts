/**
 * Runs the recorded rounds again, each from the version rebuilt before it, and compares what comes out with what was
 * promoted. Training is a function of the journal, so on the same backend every weight must be the same, bit for bit.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { CheckpointError } from '../../src/errors.ts';
import type { BackendChoice } from '../compute/backend.ts';
import { noteOf, writeCheckpoint } from '../compute/checkpoint.ts';
import type { RoundProgress, RoundResult, Trainer } from '../compute/ports.ts';
import type { TrainerSetting } from '../compute/trainer-messages.ts';
import { type Comparison, compareCheckpoints, weightsDigest } from './compare-checkpoints.ts';
import { type FirstCheckpoint, firstCheckpoint } from './first-checkpoint.ts';
import { type RecordedRound, recordedRounds } from './recorded-rounds.ts';
import { folderOf, type Recording } from './recording.ts';

/** How one version, or one rejected round, came out. */
export type Rebuilt =
  | {
      readonly type: 'version';
      readonly version: number;
      /** Null for version 0. */
      readonly round: number | null;
      readonly comparison: Comparison;
      /** Hex sha-256 of the rebuilt weights; null where the round gave none this time. */
      readonly weights: string | null;
      /** Version 0 alone: where its weights come from. `kept`: the project's own copy of a starter that is no longer shipped. */
      readonly from: 'random' | 'starter' | 'kept' | null;
    }
  /** `reason`: why it is not the same; null: rejected again, by the same held-out answers. */
  | { readonly type: 'rejection'; readonly round: number; readonly reason: string | null }
  /** Nobody can run it again, or its base could not be: neither the same nor another. */
  | {
      readonly type: 'skipped';
      /** Null for version 0. */
      readonly round: number | null;
      readonly version: number | null;
      readonly reason: string;
    };

export type RebuildOptions = {
  readonly recording: Recording;
  /** Where rebuilt versions go; made if need be. */
  readonly out: string;
  /** Null: the one that each round was recorded on. */
  readonly backend: BackendChoice | null;
  readonly startTrainer: (setting: TrainerSetting) => Trainer;
  /** What version 0 is made of. Default: as the recording says that it began. */
  readonly firstOf?: (recording: Recording) => Promise<FirstCheckpoint>;
  readonly onRebuilt: (rebuilt: Rebuilt) => void;
  /** `place`: the round's place among those to be run, from 0. */
  readonly onProgress: (progress: RoundProgress, place: number, rounds: number) => void;
};

export class Rebuilder {
  readonly #options: RebuildOptions;
  readonly #trainers = new Map<BackendChoice, Trainer>();
  readonly #made = new Set<number>();

  constructor(options: RebuildOptions) {
    this.#options = options;
  }

  /** Rebuilds everything up to the recording's end. Closes its trainers. */
  async run(): Promise<readonly Rebuilt[]> {
    const { recording, onRebuilt } = this.#options;
    const rounds = recordedRounds(recording.entries).filter(({ outcome }) => outcome.seq <= recording.until);
    const all: Rebuilt[] = [];
    const add = (rebuilt: Rebuilt): void => {
      all.push(rebuilt);
      onRebuilt(rebuilt);
    };
    try {
      add(await this.#start());
      for (const [place, round] of rounds.entries()) add(await this.#round(round, place, rounds.length));
    } finally {
      for (const trainer of this.#trainers.values()) await trainer.close();
    }
    return all;
  }

  /** Version 0: its weights come from the seed, or from the starter that the project began from. */
  async #start(): Promise<Rebuilt> {
    const { recording, out, firstOf = firstCheckpoint } = this.#options;
    await mkdir(out, { recursive: true });
    try {
      const { checkpoint, kept } = await firstOf(recording);
      await writeCheckpoint(folderOf(out, 0), checkpoint);
      return this.#compared(0, null, null, kept ? 'kept' : recording.beginning.type);
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      return { type: 'skipped', round: null, version: 0, reason: error.message };
    }
  }

  async #round(round: RecordedRound, place: number, rounds: number): Promise<Rebuilt> {
    const { outcome, baseVersion } = round;
    const version = outcome.type === 'promoted' ? outcome.version : null;
    const skipped = (reason: string): Rebuilt => ({ type: 'skipped', round: round.round, version, reason });
    if (!round.repeatable) return skipped('it learned from data that was deleted since');
    if (!this.#made.has(baseVersion)) return skipped(`its base, version ${baseVersion}, was not rebuilt`);
    const stagedFolder = join(this.#options.out, `.round-${round.round}`);
    await rm(stagedFolder, { recursive: true, force: true });
    const result = await this.#rerun(round, stagedFolder, place, rounds);
    if (outcome.type === 'rejected') {
      await rm(stagedFolder, { recursive: true, force: true });
      return { type: 'rejection', round: round.round, reason: otherwise(outcome, result) };
    }
    if (result.type !== 'candidate') {
      const reason = `not promoted this time: ${result.verdict}`;
      const comparison = { type: 'differs', reason, largest: null } as const;
      const made = { comparison, weights: null, from: null };
      return { type: 'version', version: outcome.version, round: round.round, ...made };
    }
    await rename(stagedFolder, folderOf(this.#options.out, outcome.version));
    return this.#compared(outcome.version, round, outcome.sha256);
  }

  #rerun(
    { round, baseVersion, lastSeq, seed, steps, policy, backend }: RecordedRound,
    stagedFolder: string,
    place: number,
    rounds: number,
  ): Promise<RoundResult> {
    const { out, onProgress } = this.#options;
    const baseFolder = folderOf(out, baseVersion);
    const request = { round, baseFolder, baseVersion, lastSeq, seed, steps, policy, stagedFolder };
    return this.#trainer(backend).run(request, (progress) => onProgress(progress, place, rounds));
  }

  #trainer(recorded: string): Trainer {
    const { recording, startTrainer, backend = null } = this.#options;
    const kinds = ['graph', 'eager', 'wasm'] as const;
    const choice = backend ?? kinds.find((kind) => kind === recorded) ?? 'auto';
    const known = this.#trainers.get(choice);
    if (known) return known;
    const { journal, featureHash } = recording;
    const trainer = startTrainer({ backend: choice, journal, featureHash });
    this.#trainers.set(choice, trainer);
    return trainer;
  }

  async #compared(
    version: number,
    round: RecordedRound | null,
    promoted: string | null,
    from: Extract<Rebuilt, { type: 'version' }>['from'] = null,
  ): Promise<Rebuilt> {
    const { recording, out } = this.#options;
    const folder = folderOf(out, version);
    const seen = await compareCheckpoints(folder, recording.versionFolder(version), promoted);
    const comparison = seen.type === 'differs' && round ? await explained(seen, round, folder) : seen;
    this.#made.add(version);
    const weights = await weightsDigest(folder);
    return { type: 'version', version, round: round?.round ?? null, comparison, weights, from };
  }
}

type Difference = Extract<Comparison, { type: 'differs' }>;

/** Bits are promised on the same backend alone: says so where it was another. */
async function explained(seen: Difference, { backend }: RecordedRound, rebuilt: string): Promise<Difference> {
  const now = await noteOf(rebuilt, 'backend');
  if (now === backend) return seen;
  return { ...seen, reason: `${seen.reason} (trained on ${backend} then, on ${String(now)} now)` };
}

/** Why a round that was rejected did not end so again; null where it did. */
function otherwise(
  { heldOut, discarded }: Extract<RecordedRound['outcome'], { type: 'rejected' }>,
  result: RoundResult,
): string | null {
  // What was discarded while it ran may have been a candidate as well as a rejection.
  if (!discarded && result.type !== 'rejected') return `it was rejected, and now is not: ${result.verdict}`;
  const now = result.type === 'nothing' ? null : result.heldOut;
  const same = JSON.stringify(now) === JSON.stringify(heldOut);
  return same ? null : `held-out answers were ${JSON.stringify(heldOut)}, now ${JSON.stringify(now)}`;
}

function isSame(rebuilt: Rebuilt): boolean {
  switch (rebuilt.type) {
    case 'version':
      return rebuilt.comparison.type === 'identical';
    case 'rejection':
      return rebuilt.reason === null;
    case 'skipped':
      return true;
  }
}

/** Whether everything that could be rebuilt is the same. */
export const allSame = (rebuilt: readonly Rebuilt[]): boolean => rebuilt.every(isSame);
