/**
 * What the gateway asks of the two child processes that own every tensor. Both have a fake in `test/support`.
 */
import type { BackendKind, GateEvidence, LabelEffect, Prediction } from '../../proto/messages.ts';
import type { PolicyName } from '../../proto/policies.ts';
import type { HeldOut, RawSample, Sample, SampleScore } from '../../src/journal.ts';

export type { SampleScore } from '../../src/journal.ts';

import type { Pair } from '../../src/media.ts';
import type { Suspicion } from '../../src/model/suspicion.ts';

/** A prediction without what only the gateway knows. */
export type Answer = Omit<Prediction, 'type' | 'sessionId' | 'lag'>;

export type BackendReport = {
  readonly backend: BackendKind;
  /** Why this one, in a sentence. */
  readonly reason: string;
  /** The command that would change it, or empty. */
  readonly remedy: string;
};

export type ComputeStats = {
  readonly rssBytes: number;
  readonly tensors: number;
  /** Windows answered, and batches they went in. */
  readonly windows: number;
  readonly batches: number;
};

/** What a label did to the prototypes, and what the model had believed of its samples before. */
export type Learned = {
  readonly effects: readonly LabelEffect[];
  /** One row for each sample, from before the label was applied (prequential). */
  readonly scored: readonly SampleScore[];
};

/** The inference process: representations, prototypes, fused answers. Calls are applied in the order they are made. */
export interface Inference {
  readonly report: BackendReport;
  /** Answers one pair with the champion. Pairs that are due together go in one batch. @throws {ComputeError} */
  infer(pair: Pair): Promise<Answer>;
  /** A sample as the journal keeps it: with an embedding in place of each side that a plugged-in backbone reads. @throws {ComputeError} */
  keep(sample: RawSample): Promise<Sample>;
  /** Reads label `seq` and its samples from the journal, scores them, then moves the prototypes. Resolves when the next `infer` will see it. */
  learn(seq: number): Promise<Learned>;
  /** Labels that look mislabelled, by representations and what was taught as they are now. */
  suspects(): Promise<readonly Suspicion[]>;
  /** A small picture of each of these labels, from its middle sample with one: `THUMBNAIL_SIDE` squared, RGB; empty where it has none. */
  thumbnails(seqs: readonly number[]): Promise<readonly Uint8Array[]>;
  /** Recomputes classes and prototypes from the journal as it stands (after an undo, a class edit, a forget). */
  rebuild(): Promise<void>;
  /** Loads a checkpoint beside the serving one, applies every label it has not seen, then swaps between two batches. */
  swap(folder: string, version: number): Promise<void>;
  stats(): Promise<ComputeStats>;
  /** Ends the process. Idempotent. */
  close(): Promise<void>;
}

export type RoundRequest = {
  readonly round: number;
  readonly baseFolder: string;
  readonly baseVersion: number;
  /** Read the journal up to here and no further. */
  readonly lastSeq: number;
  readonly seed: number;
  readonly steps: number;
  readonly policy: PolicyName;
  /** Empty folder for the candidate. */
  readonly stagedFolder: string;
};

export type Balance = { readonly rho: number | null; readonly beta: number; readonly gamma: number };

export type RoundResult =
  | {
      readonly type: 'candidate';
      readonly heldOut: HeldOut;
      readonly championHeldOut: HeldOut;
      readonly verdict: string;
      readonly thinEvidence: boolean;
      /** What the gate looked at; absent where a test's trainer judged nothing. */
      readonly evidence?: GateEvidence;
      readonly balance: Balance;
      readonly sha256: string;
    }
  | {
      readonly type: 'rejected';
      readonly heldOut: HeldOut | null;
      readonly verdict: string;
      readonly evidence?: GateEvidence;
      readonly balance: Balance;
    }
  /** Doing nothing is a legal outcome: not enough spans yet, say. */
  | { readonly type: 'nothing'; readonly verdict: string; readonly balance: Balance };

export type RoundProgress = {
  readonly phase: 'training' | 'judging';
  readonly step: number;
  readonly steps: number;
  readonly balance: Balance;
};

/** The trainer process (nice 10). One round at a time; a crash rejects the running round, and the next call starts a new process. */
export interface Trainer {
  run(request: RoundRequest, onProgress: (progress: RoundProgress) => void): Promise<RoundResult>;
  close(): Promise<void>;
}
