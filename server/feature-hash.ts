/** Which features this program computes: what journals and checkpoints are tied to. */
import { createHash } from 'node:crypto';
import { featureHashInput } from '../src/features/spec.ts';

/** Hex sha-256 of the feature specification. */
export const FEATURE_HASH = createHash('sha256').update(featureHashInput()).digest('hex');
