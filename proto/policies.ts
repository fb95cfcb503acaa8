/** The training policies that a run may follow: what `--policy` takes, the page may choose and the journal keeps of each round. */

export const POLICY_NAMES = [
  'frozen',
  'head-only',
  'joint',
  'joint-uni-modal',
  'ogm-ge',
  'mmpareto',
  'paper-pmr',
  'published-pmr',
  'uni-modal-pmr',
  'pmr-stream',
  'audio-only',
  'video-only',
] as const;

export type PolicyName = (typeof POLICY_NAMES)[number];

/** What a person chooses: a policy, or `auto`, that what was measured on their own labels decides between on and off (ADR 0055). */
export const POLICY_CHOICES = ['auto', ...POLICY_NAMES] as const;
export type PolicyChoice = (typeof POLICY_CHOICES)[number];

/** "On" and "off" by name; `auto` takes one of these two. */
export const REBALANCING_ON: PolicyName = 'pmr-stream';
export const REBALANCING_OFF: PolicyName = 'joint-uni-modal';

const REBALANCING: readonly PolicyName[] = [
  'ogm-ge',
  'mmpareto',
  'paper-pmr',
  'published-pmr',
  'uni-modal-pmr',
  'pmr-stream',
];

/** Whether a policy treats the two senses differently by how far each has come. */
export const rebalances = (policy: PolicyName): boolean => REBALANCING.includes(policy);
