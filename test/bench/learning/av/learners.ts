/** What learns from a stream: a policy as the product has it, or PMR-stream with one of its parts taken away. */
import { POLICY_NAMES, type PolicyName } from '../../../../proto/policies.ts';
import { STREAM, type StreamSettings } from '../../../../src/pmr/stream/settings.ts';
import { pmrStreamWith } from '../../../../src/training/policies/pmr-stream.ts';
import type { TrainingPolicy } from '../../../../src/training/policies/policy.ts';
import { POLICIES } from '../../../../src/training/policies/table.ts';

export type Learner = {
  readonly policy: TrainingPolicy;
  readonly settings: StreamSettings;
  /** Whether a candidate must pass the gate. */
  readonly gated: boolean;
  /** Whether rounds train on all labels so far; else on each class's newest three. */
  readonly buffered: boolean;
};

const WHOLE: Learner = { policy: POLICIES['pmr-stream'], settings: STREAM, gated: true, buffered: true };

const withSettings = (change: Partial<StreamSettings>): Learner => {
  const settings = { ...STREAM, ...change };
  return { ...WHOLE, settings, policy: pmrStreamWith(settings) };
};

/** PMR-stream without this, or with that. */
const ABLATIONS = {
  '-buffer': { ...WHOLE, buffered: false },
  '+freeze': withSettings({ dominantRate: 0 }),
  '-gate': { ...WHOLE, gated: false },
  '+tau': withSettings({ scaledLoss: true }),
  '-PCE': withSettings({ alpha: 0 }),
  '-whole': withSettings({ wholePush: false }),
  '+matching': withSettings({ kappa: 0.2 }),
  '+PER': withSettings({ perAlways: true }),
  '-uni-modal': withSettings({ uniModal: 0 }),
  '-guard': withSettings({ guardDeviations: Number.NEGATIVE_INFINITY, guardTrial: Number.POSITIVE_INFINITY }),
} as const satisfies Readonly<Record<string, Learner>>;

export type AblationName = keyof typeof ABLATIONS;
export type LearnerName = PolicyName | AblationName;

const isAblation = (name: string): name is AblationName => Object.hasOwn(ABLATIONS, name);
export const ABLATION_NAMES: readonly AblationName[] = Object.keys(ABLATIONS).filter(isAblation);
export const LEARNER_NAMES: readonly LearnerName[] = [...POLICY_NAMES, ...ABLATION_NAMES];

export function learnerOf(name: LearnerName): Learner {
  return isAblation(name) ? ABLATIONS[name] : { ...WHOLE, policy: POLICIES[name] };
}
