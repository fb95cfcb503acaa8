import { JOINT_WEIGHTS, steady } from './policy.ts';

/** The fused cross-entropy alone: what imbalance is measured against. */
export const joint = steady('joint', JOINT_WEIGHTS);
