import { JOINT_WEIGHTS, steady } from './policy.ts';

/** The fused cross-entropy moves the head alone; both encoders stay. */
export const headOnly = steady('head-only', { ...JOINT_WEIGHTS, audioRate: 0, videoRate: 0 });
