/** The policies by name. */
import type { PolicyName } from '../../../proto/policies.ts';
import { frozen } from './frozen.ts';
import { headOnly } from './head-only.ts';
import { joint } from './joint.ts';
import { jointUniModal } from './joint-uni-modal.ts';
import { mmpareto } from './mmpareto.ts';
import { ogmGe } from './ogm-ge.ts';
import { audioOnly, videoOnly } from './one-sense.ts';
import { paperPmr, uniModalPmr } from './paper-pmr.ts';
import { pmrStream } from './pmr-stream.ts';
import type { TrainingPolicy } from './policy.ts';
import { publishedPmr } from './published-pmr.ts';

export const POLICIES: Readonly<Record<PolicyName, TrainingPolicy>> = {
  frozen,
  'head-only': headOnly,
  joint,
  'joint-uni-modal': jointUniModal,
  'ogm-ge': ogmGe,
  mmpareto,
  'paper-pmr': paperPmr,
  'published-pmr': publishedPmr,
  'uni-modal-pmr': uniModalPmr,
  'pmr-stream': pmrStream,
  'audio-only': audioOnly,
  'video-only': videoOnly,
};

/** What trains where nothing else was chosen. */
export const DEFAULT_POLICY: PolicyName = 'uni-modal-pmr';
