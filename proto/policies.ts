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
