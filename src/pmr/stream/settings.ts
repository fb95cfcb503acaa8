/**
 * The constants of PMR-stream, each with its source. One object, so that an ablation changes one field.
 *
 * "Rule n" is the n-th rule of PMR-stream: our online form of Fan et al., "PMR: Prototypical Modal Rebalance" (CVPR 2023).
 * A count of samples is one of scored windows, at most `samplesPerLabel` of each label. Departures: ADRs 0050 to 0053 and 0063.
 */
export type StreamSettings = {
  /** Most samples that count of one label, evenly over it: a long hold must not fill a window of 60 alone (ADR 0050). */
  readonly samplesPerLabel: number;
  /** Share of the old value when the median distance of a modality is followed (rule 1: EMA 0.99). */
  readonly tauMemory: number;
  /** The median distance is divided by this, so that logits span a few units whatever the features' scale (rule 1). */
  readonly tauSpread: number;
  /** Lambda, the share of the old smoothed score of a class: about ten samples count (rule 2). */
  readonly scoreMemory: number;
  /** Samples of a class and modality from which it counts in rho (rules 2 and 10). */
  readonly samplesToCount: number;
  /** Samples in both modalities that `classesToAct` classes need before anything is pushed (rule 2). */
  readonly samplesToAct: number;
  readonly classesToAct: number;
  /** Nothing is pushed while `|ln rho|` is within this (rule 2). */
  readonly deadBand: number;
  /** Least step of a prototype towards a new representation: a window of about 20 (rule 3). */
  readonly leastPrototypeStep: number;
  /** A modality becomes weak when the other scores more than this many times as high, and stops below `leaveWeak` (rule 5: 0.80 and 1.25, 0.91 and 1.10). */
  readonly enterWeak: number;
  readonly leaveWeak: number;
  /** Factor of the dominant encoder's rate while the other one is weak; 0 freezes it (rule 5 has 0; ADR 0063). */
  readonly dominantRate: number;
  /** Accuracy over the guard's window from which the dominant encoder is frozen: it has nothing to learn (ADR 0063). */
  readonly masteredAt: number;
  /** Factor of both encoders' rates while they are balanced (rule 5 has a quarter every tenth round; ADR 0063). */
  readonly balancedRate: number;
  /** Whether a push has the whole of alpha, as in the published code, and not equation 11's grade (rule 2; ADR 0063). */
  readonly wholePush: boolean;
  /** Whether the loss divides distances to prototypes by tau as well, as scores do (rule 1; ADR 0063). */
  readonly scaledLoss: boolean;
  /** Weights of the loss's terms (rule 5): alpha of PCE, eta of each modality's own cross-entropy, kappa of logit matching (a mean over classes, ADR 0051; none, ADR 0063). */
  readonly alpha: number;
  readonly uniModal: number;
  readonly kappa: number;
  /** Mu, the weight of PER while it is early (rule 6), and whether it goes on afterwards (it does in an ablation alone). */
  readonly mu: number;
  readonly perAlways: boolean;
  /** Samples that count as early after the first one of a class (rule 6). */
  readonly earlyPerClass: number;
  /** Samples over which the guard measures a modality's accuracy (rule 8). */
  readonly guardWindow: number;
  /** Deviations above chance that a modality must reach to be pushed: one-sided, 5 % (rule 8 i). */
  readonly guardDeviations: number;
  /** Samples of pushing after which it must have helped (rule 8 ii). */
  readonly guardTrial: number;
  /** Least rise of accuracy that counts as help (rule 8 ii). */
  readonly guardGain: number;
  /** Share of the other modality's accuracy below which help is asked for (rule 8 ii). */
  readonly guardShare: number;
  /** Samples for which a stopped modality is not pushed, doubled at each stop (rule 8). */
  readonly guardPause: number;
  /** Most doublings of that pause (ADR 0050). */
  readonly guardDoublings: number;
  /** Labels over which the answers are followed for a rollback (rule 9; labels, not samples: ADR 0052). */
  readonly declineWindow: number;
  /** Deviations below its value at promotion at which the served version is left (rule 9). */
  readonly declineDeviations: number;
  /** Labels that a version must have answered before it can be left (ADR 0052). */
  readonly declineAfter: number;
};

/** Rules 1 to 9 as they are written; where a field differs its ADR is named above. */
export const STREAM: StreamSettings = {
  samplesPerLabel: 8,
  tauMemory: 0.99,
  tauSpread: 4,
  scoreMemory: 0.9,
  samplesToCount: 5,
  samplesToAct: 10,
  classesToAct: 2,
  deadBand: 0.1,
  leastPrototypeStep: 0.05,
  enterWeak: 1.25,
  leaveWeak: 1.1,
  dominantRate: 1,
  masteredAt: 0.95,
  balancedRate: 1,
  wholePush: true,
  scaledLoss: false,
  alpha: 1,
  uniModal: 0.5,
  kappa: 0,
  mu: 1e-2,
  perAlways: false,
  earlyPerClass: 20,
  guardWindow: 60,
  guardDeviations: 1.64,
  guardTrial: 48,
  guardGain: 0.01,
  guardShare: 0.5,
  guardPause: 96,
  guardDoublings: 6,
  declineWindow: 50,
  declineDeviations: 3,
  declineAfter: 10,
};
