/**
 * How a training step weighs its terms: the policies behind one interface, so that a gain is only claimed where an on/off
 * run shows it. Plain numbers; the step takes them as tensors, so a change of policy retraces nothing.
 *
 * Source: Fan et al., "PMR: Prototypical Modal Rebalance", CVPR 2023, equations 8, 10, 11, 13.
 */
import { gradedPush, imbalanceRatio } from '../pmr/modulation.ts';

/** Weights of one step's terms and rates. */
export type StepWeights = {
  /** Weight of each modality's own cross-entropy, through its half of the head. */
  readonly uniModal: number;
  readonly alpha: number;
  /** Push of audio and of video, in [0, 1]. */
  readonly beta: number;
  readonly gamma: number;
  /** Weight of PER; 0 outside the early phase. */
  readonly mu: number;
  /** Divisors of prototype distances; 1 is the paper's. */
  readonly tauAudio: number;
  readonly tauVideo: number;
  /** Factors of the learning rate; 0 freezes. */
  readonly audioRate: number;
  readonly videoRate: number;
};

/** What a policy knows before step `step` of `steps`. */
export type StepObservation = {
  readonly step: number;
  readonly steps: number;
  /** Prototype scores of the last batch, summed over samples that have both modalities; 0 before the first. */
  readonly audioScores: number;
  readonly videoScores: number;
  /** Whether these are the first steps of encoders that were random before. */
  readonly early: boolean;
};

/** A policy is a pure function of what was observed. */
export type TrainingPolicy = (observation: StepObservation) => StepWeights;

const JOINT: StepWeights = {
  uniModal: 0,
  alpha: 0,
  beta: 0,
  gamma: 0,
  mu: 0,
  tauAudio: 1,
  tauVideo: 1,
  audioRate: 1,
  videoRate: 1,
};
const UNI_MODAL_WEIGHT = 0.5; // pmr.md section d, step 5
const PAPER_ALPHA = 1;
const PAPER_MU = 1e-2;

/** Cross-entropy of the fused logits alone. */
export const joint: TrainingPolicy = () => JOINT;

/** With an always-on cross-entropy for each modality: the baseline that PMR has to beat. */
export const jointUniModal: TrainingPolicy = () => ({ ...JOINT, uniModal: UNI_MODAL_WEIGHT });

/** Equations 8, 10, 11 and, early, 13; rho is the last batch's, because this batch's is known only after the step. */
export const paperPmr: TrainingPolicy = ({ audioScores, videoScores, early, step, steps }) => {
  const push = gradedPush(imbalanceRatio(audioScores, videoScores));
  // The paper's "first few epochs": the first quarter of a first round.
  const mu = early && step < steps / 4 ? PAPER_MU : 0;
  return { ...JOINT, alpha: PAPER_ALPHA, ...push, mu };
};

/** What the product trains with: joint and uni-modal cross-entropy, and PMR in the paper's form (ADR 0022). */
export const uniModalPmr: TrainingPolicy = (observation) => ({
  ...paperPmr(observation),
  uniModal: UNI_MODAL_WEIGHT,
});

export const POLICIES = { joint, jointUniModal, paperPmr, uniModalPmr } as const;
export type PolicyName = keyof typeof POLICIES;
