/**
 * PMR-stream: our online form of PMR (Fan et al., CVPR 2023). What is pushed follows from scores that were taken before
 * their labels were learned (`src/pmr/stream`), once there are enough; this file turns that into the weights of a round's steps.
 *
 * - young or unknown: the batch's own rho says which encoder is pushed, PER while it is early;
 * - one modality weak: it is pushed; the dominant encoder steps as well until it is nearly always right, then it is frozen;
 * - balanced: nothing is pushed;
 * - guarded: plain joint training with uni-modal cross-entropy, which is on throughout.
 *
 * What of rule 5 did not hold here, and by which figures: ADR 0063.
 */
import type { Modality } from '../../../proto/messages.ts';
import { gradedPush, imbalanceRatio, type Push } from '../../pmr/modulation.ts';
import { STREAM, type StreamSettings } from '../../pmr/stream/settings.ts';
import {
  DEFAULTS,
  JOINT_WEIGHTS,
  type RoundContext,
  type Schedule,
  type StepObservation,
  type StepWeights,
  type TrainingPolicy,
  termsOf,
} from './policy.ts';

type Rates = Pick<StepWeights, 'audioRate' | 'videoRate'>;

/** Rule 5's rates. */
export function ratesOf({ young, plan }: RoundContext, settings: StreamSettings): Rates {
  const { dominantRate, balancedRate } = settings;
  const dominant = (side: Modality): number => (plan.mastered[side] ? 0 : dominantRate);
  if (young) return { audioRate: 1, videoRate: 1 };
  switch (plan.mode) {
    case 'unknown':
    case 'guarded':
      return { audioRate: 1, videoRate: 1 };
    case 'balanced':
      return { audioRate: balancedRate, videoRate: balancedRate };
    case 'audio-weak':
      return { audioRate: 1, videoRate: dominant('video') };
    case 'video-weak':
      return { audioRate: dominant('audio'), videoRate: 1 };
  }
}

/** Equation 11 on the batch's scores, outside the dead band; nothing before the first batch. */
function batchPush({ audioScores, videoScores }: StepObservation, deadBand: number): Push {
  const rho = imbalanceRatio(audioScores, videoScores);
  return Math.abs(Math.log(rho)) > deadBand ? gradedPush(rho) : { beta: 0, gamma: 0 };
}

/** Without what must not be pushed. Young encoders are: what they have not learned yet is no evidence against a sense. */
function allowed({ beta, gamma }: Push, { young, plan: { blocked } }: RoundContext): Push {
  if (young) return { beta, gamma };
  return { beta: blocked.audio ? 0 : beta, gamma: blocked.video ? 0 : gamma };
}

/** The whole of it, as the published code pushes. */
const wholeOf = ({ beta, gamma }: Push): Push => ({ beta: Math.sign(beta), gamma: Math.sign(gamma) });

/** PMR-stream with these constants; an ablation changes one of them. */
export function pmrStreamWith(settings: StreamSettings): TrainingPolicy {
  return {
    ...DEFAULTS,
    name: 'pmr-stream',
    centres: 'windowed',
    begin: (context) => scheduleOf(context, settings),
  };
}

function scheduleOf(context: RoundContext, settings: StreamSettings): Schedule {
  const { young, hasHead, plan } = context;
  const { alpha, uniModal, kappa, mu, perAlways, deadBand, wholePush, scaledLoss } = settings;
  const rates = ratesOf(context, settings);
  const frozen = (['audio', 'video'] as const).filter((side: Modality) => rates[`${side}Rate`] === 0);
  const fixed: StepWeights = {
    ...JOINT_WEIGHTS,
    ...rates,
    alpha,
    uniModal,
    // Young encoders are to leave what they were, and a guarded round is plain joint training (ADR 0051).
    kappa: !young && hasHead && plan.mode !== 'guarded' && plan.mode !== 'unknown' ? kappa : 0,
    // PER acts on the dominant encoder, so only where both step.
    mu: perAlways || (young && plan.early && plan.mode !== 'guarded') ? mu : 0,
  };
  const byBatch = plan.mode === 'unknown' || (young && plan.mode !== 'guarded');
  return {
    frozen,
    terms: termsOf(fixed),
    matches: fixed.kappa > 0,
    weightsAt: (observation) => {
      const push = byBatch ? allowed(batchPush(observation, deadBand), context) : plan;
      const { beta, gamma } = wholePush ? wholeOf(push) : push;
      const { tauAudio, tauVideo } = observation;
      return { ...fixed, ...(scaledLoss ? { tauAudio, tauVideo } : {}), beta, gamma };
    },
  };
}

/** With the constants as the rules have them. */
export const pmrStream: TrainingPolicy = pmrStreamWith(STREAM);
