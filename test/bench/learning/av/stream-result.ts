/** What one learner leaves of one stream; plain data, as a cell keeps it. */
import type { RoundOutcome } from '../../../../src/training/round.ts';
import type { Hits } from './judge.ts';
import type { PairedChange } from './metrics.ts';

/** Shares right of one context. */
export type Shares = Readonly<Record<keyof Hits, number | null>>;
export type TestResult = {
  readonly labels: number;
  /** By context that the stream has met. */
  readonly contexts: Readonly<Record<string, Shares>>;
};
export type Answered = {
  readonly fused: boolean;
  readonly audio: boolean | null;
  readonly video: boolean | null;
};
export type AvRound = {
  readonly labels: number;
  readonly ended: RoundOutcome['type'];
  readonly mode: string;
  readonly rho: number | null;
  readonly verdict: string;
};
export type AvPromotion = PairedChange & { readonly labels: number };
export type StreamResult = {
  /** By label, before it was learned. */
  readonly answers: readonly Answered[];
  readonly tests: readonly TestResult[];
  readonly rounds: readonly AvRound[];
  /** Promotions and what each changed on the test, all contexts met so far together. */
  readonly promotions: readonly AvPromotion[];
  readonly rollbacks: number;
};
