import { DEFAULTS, type TrainingPolicy } from './policy.ts';

/** Trains nothing: prototypes on the encoders as they are. The floor of every comparison. */
export const frozen: TrainingPolicy = { ...DEFAULTS, name: 'frozen', begin: () => null };
