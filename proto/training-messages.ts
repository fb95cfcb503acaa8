/** How training goes and what serves. The meaning of every field stands in `counterpoise.proto`. */
import type { PolicyName } from './policies.ts';
import type { Millis } from './units.ts';

export type TrainingPhase = 'idle' | 'waiting' | 'training' | 'judging' | 'paused' | 'failed';
export type Prequential = {
  readonly fused: number;
  readonly audio: number;
  readonly video: number;
  readonly labels: number;
};
export type Training = {
  readonly type: 'training';
  readonly phase: TrainingPhase;
  readonly labelsWaiting: number;
  readonly round: number;
  readonly step: number;
  readonly steps: number;
  readonly verdict: string;
  readonly reason: string;
  /** Null until enough labels of both modalities were scored. */
  readonly rho: number | null;
  readonly beta: number;
  readonly gamma: number;
  readonly prequential: Prequential;
  readonly rebalance: Rebalance;
};
/** `unknown`: too little was scored; `guarded`: a weak sense is not pushed, because pushing would not help it. */
export type RebalanceMode = 'unknown' | 'balanced' | 'audio-weak' | 'video-weak' | 'guarded';
/** What rounds train by, and what the scores so far say of the balance, whether the policy acts on it or not. */
export type Rebalance = {
  readonly policy: PolicyName;
  readonly mode: RebalanceMode;
  /** Why, in words. */
  readonly reason: string;
  /** Whether it is early enough after the start or a new class for the dominant sense to be held back. */
  readonly early: boolean;
};
export type Champion = {
  readonly version: number;
  readonly at: Millis;
  readonly appliedSeq: number;
  readonly serving: boolean;
  /** Held-out accuracies when promoted; null for the seeded first version. */
  readonly heldOut: { readonly fused: number; readonly audio: number; readonly video: number } | null;
  readonly note: string;
};
export type BackendKind = 'graph' | 'eager' | 'wasm';
export type Model = {
  readonly type: 'model';
  readonly version: number;
  readonly backend: BackendKind;
  readonly backendReason: string;
  readonly backendRemedy: string;
  /** What the encoders began as, in words: the starter, or random weights and why. */
  readonly beginning: string;
  readonly history: readonly Champion[];
};
