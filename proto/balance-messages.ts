/** What the page is told of the balance of the two senses: how it went, what is done about it, and the evidence. */
import type { Modality, RebalanceMode } from './messages.ts';
import type { PolicyChoice, PolicyName } from './policies.ts';
import type { Millis } from './units.ts';

export type Switch = 'on' | 'off' | 'auto';

/** What rounds are to train by, and whether policies are compared in the background; what is absent stays as it is. */
export type RebalanceCommand = {
  readonly type: 'rebalance';
  readonly choice?: PolicyChoice;
  readonly comparison?: Switch;
};

/** The balance after one label was scored. */
export type BalancePoint = {
  /** How many labels had been scored, this one included. */
  readonly label: number;
  /** Prototype scores of sound over those of the picture; null: too little was scored. */
  readonly rho: number | null;
  readonly mode: RebalanceMode;
};

/** Where the mode changes, as leads of the stronger sense: the weaker's are their inverses. */
export type BalanceLimits = {
  /** Nothing is pushed while `|ln rho|` is within this. */
  readonly deadBand: number;
  readonly enterWeak: number;
  readonly leaveWeak: number;
};

/** What the guard knows of one sense. */
export type GuardEvidence = {
  /** Labelled windows that it looks at, the newest. */
  readonly windows: number;
  /** Share of them that this sense alone named rightly, before they were learned. */
  readonly accuracy: number;
  /** What guessing would reach. */
  readonly chance: number;
  /** What must be reached for the sense to be pushed; null while no window was seen. */
  readonly needed: number | null;
  /** Further windows for which it is not pushed; 0: it may be. */
  readonly pausedFor: number;
  /** How often it was stopped since pushing it last helped. */
  readonly stops: number;
  /** Windows since a push is on trial; null: none is. */
  readonly trial: number | null;
};

export type GuardReport = {
  readonly audio: GuardEvidence;
  readonly video: GuardEvidence;
  /** Why a sense was stopped last, in words; empty: none ever was. */
  readonly reason: string;
};

/** One class's share of right fused answers on the held-out windows, of the champion and of the candidate. */
export type ClassShare = {
  readonly classId: string;
  readonly windows: number;
  readonly before: number;
  readonly after: number;
};

/** By what a candidate is better; `none`: by nothing. */
export type GateGain = 'more-right' | 'weak-sense' | 'surer' | 'none';

/** What the gate looked at: its four conditions and their figures. All shares in [0, 1]. */
export type GateEvidence = {
  /** Held-out windows that both models answered. */
  readonly windows: number;
  /** Some class has fewer than ten of them. */
  readonly thin: boolean;
  /** (i) It does not answer worse. */
  readonly notWorse: boolean;
  /** Windows that only the candidate, and only the champion, named rightly. */
  readonly wins: number;
  readonly losses: number;
  /** Probability of so many losses by chance. */
  readonly probability: number;
  /** (ii) It gains something, and by what. */
  readonly gain: GateGain;
  readonly weak: Modality;
  readonly weakBefore: number;
  readonly weakAfter: number;
  /** Probability given to the right class, geometric mean. */
  readonly sureBefore: number;
  readonly sureAfter: number;
  /** (iii) No class with ten held-out windows loses more than ten points. */
  readonly keepsClasses: boolean;
  readonly classes: readonly ClassShare[];
  /** (iv) Every weight is a finite number; where it is not, nothing else was looked at. */
  readonly finite: boolean;
};

export type RoundReport = {
  readonly round: number;
  readonly at: Millis;
  /** Labels that had been scored when it began. */
  readonly afterLabels: number;
  readonly policy: PolicyName;
  readonly outcome: 'promoted' | 'rejected';
  /** The version that it made; 0: none. */
  readonly version: number;
  readonly verdict: string;
  /** Null where the round is older than the record of it. */
  readonly evidence: GateEvidence | null;
};

export type RollbackReport = {
  readonly at: Millis;
  readonly afterLabels: number;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
};

/** `behind`: it goes through older labels; `current`: it has scored all there are. */
export type ComparisonState = 'off' | 'behind' | 'current' | 'failed';

/** The running counterfactual: two policies on the same labels, each from the same start, scored before each label is learned. */
export type ComparisonReport = {
  readonly setting: Switch;
  readonly state: ComparisonState;
  /** Why it is so, in words; may be empty. */
  readonly reason: string;
  /** Labels that both have scored, of all there are. */
  readonly done: number;
  readonly total: number;
  readonly on: PolicyName;
  readonly off: PolicyName;
  /** Newest labels that the figures are over; 0: there are none yet. */
  readonly labels: number;
  /** Shares of right answers. */
  readonly onShare: number;
  readonly offShare: number;
  /** 95 % interval of the difference, on minus off. */
  readonly low: number;
  readonly high: number;
};

export type BalanceReport = {
  readonly type: 'balance';
  readonly choice: PolicyChoice;
  /** What the next round trains by. */
  readonly policy: PolicyName;
  /** Why that one, in words; empty where a person chose it by name. */
  readonly because: string;
  /** Oldest first. */
  readonly history: readonly BalancePoint[];
  readonly limits: BalanceLimits;
  readonly guard: GuardReport;
  /** The last rounds that were judged, oldest first. */
  readonly rounds: readonly RoundReport[];
  readonly rollbacks: readonly RollbackReport[];
  readonly comparison: ComparisonReport;
};
