/**
 * What a training policy is: one interface, so that a gain is only claimed where an on/off run on the same data shows it.
 *
 * A policy sees a round once, before it begins, and gives a schedule; the schedule weighs each step. Both are pure: the
 * same journal, base and seed train the same weights. Weights of terms reach the step as tensors: nothing is retraced.
 */
import type { Modality } from '../../../proto/messages.ts';
import type { PolicyName } from '../../../proto/policies.ts';
import type { RoundPlan } from '../../pmr/stream/state.ts';

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
  /** Weight of the squared distance to the base's logits on what it has learned before. */
  readonly kappa: number;
  /** Divisors of prototype distances; 1 is the paper's. */
  readonly tauAudio: number;
  readonly tauVideo: number;
  /** Factors of the learning rate; 0 freezes. */
  readonly audioRate: number;
  readonly videoRate: number;
};

/** Terms of the loss beside the fused cross-entropy. */
export const LOSS_TERMS = ['own', 'pce', 'per', 'matching'] as const;
export type LossTerm = (typeof LOSS_TERMS)[number];

type TermWeights = Pick<StepWeights, 'uniModal' | 'alpha' | 'mu' | 'kappa'>;

/** The terms that these weights use. */
export function termsOf({ uniModal, alpha, mu, kappa }: TermWeights): readonly LossTerm[] {
  const used: Readonly<Record<LossTerm, number>> = { own: uniModal, pce: alpha, per: mu, matching: kappa };
  return LOSS_TERMS.filter((term) => used[term] !== 0);
}

/** What is known before step `step` of `steps`. Scores are the last batch's sums over samples of both modalities, 0 before the first. */
export type StepObservation = {
  readonly step: number;
  readonly steps: number;
  /** Prototype scores (equation 8). */
  readonly audioScores: number;
  readonly videoScores: number;
  /** Softmax of each half of the head. */
  readonly audioHeadScores: number;
  readonly videoHeadScores: number;
  /** Each modality's scale so far (PMR-stream's rule 1); 1 before the first batch. */
  readonly tauAudio: number;
  readonly tauVideo: number;
};

export type RoundContext = {
  /** Whether the encoders were random not long ago. */
  readonly young: boolean;
  /** Whether the base has a head whose logits can be matched. */
  readonly hasHead: boolean;
  /** What the journal says of the balance. */
  readonly plan: RoundPlan;
};

/** How a round trains. */
export type Schedule = {
  /** Encoders that do not move in this round: their representations are made once, before the first step. */
  readonly frozen: readonly Modality[];
  /** Terms that its steps may weigh; no other is computed. Default: all. */
  readonly terms?: readonly LossTerm[];
  /** Whether logits are held to the base's: they must then be made before the first step. */
  readonly matches?: boolean;
  readonly weightsAt: (observation: StepObservation) => StepWeights;
};

/** How the gradients of the terms become one. `noisy`: with noise of each one's own size; `pareto`: without conflict. */
export type GradientRule = 'summed' | 'noisy' | 'pareto';
/** How prototypes move while encoders train: means of each batch with momentum, or PMR-stream's rule 3. */
export type CentreRule = 'batch-means' | 'windowed';

export type TrainingPolicy = {
  readonly name: PolicyName;
  /** Windows keep only these senses: a bound trains and is judged by one. */
  readonly senses: readonly Modality[];
  readonly gradients: GradientRule;
  readonly centres: CentreRule;
  /** Null: nothing is trained. */
  readonly begin: (context: RoundContext) => Schedule | null;
};

/** Both encoders and the head, by the fused cross-entropy alone. */
export const JOINT_WEIGHTS: StepWeights = {
  uniModal: 0,
  alpha: 0,
  beta: 0,
  gamma: 0,
  mu: 0,
  kappa: 0,
  tauAudio: 1,
  tauVideo: 1,
  audioRate: 1,
  videoRate: 1,
};

/** Of each modality's own cross-entropy, where it is on (pmr.md's rule 5). */
export const UNI_MODAL_WEIGHT = 0.5;

type Plain = Partial<Omit<TrainingPolicy, 'name' | 'begin'>>;

/** A policy whose every step has the same weights, with both senses and summed gradients unless said otherwise. */
export function steady(name: PolicyName, weights: StepWeights, change: Plain = {}): TrainingPolicy {
  const frozen = (['audio', 'video'] as const).filter((side) => weights[`${side}Rate`] === 0);
  const terms = termsOf(weights);
  return { ...DEFAULTS, ...change, name, begin: () => ({ frozen, terms, weightsAt: () => weights }) };
}

/** What most policies share. */
export const DEFAULTS = {
  senses: ['audio', 'video'],
  gradients: 'summed',
  centres: 'batch-means',
} as const satisfies Plain;
