import { JOINT_WEIGHTS, steady } from './policy.ts';

// Through its own half of the head; the fused term has no sample with both senses.
const ALONE = { ...JOINT_WEIGHTS, uniModal: 1 };

/** The sound alone, taught and judged: an upper bound of what its encoder can learn. */
export const audioOnly = steady('audio-only', { ...ALONE, videoRate: 0 }, { senses: ['audio'] });
/** The picture alone. */
export const videoOnly = steady('video-only', { ...ALONE, audioRate: 0 }, { senses: ['video'] });
