/**
 * PMR-stream: our online form of PMR (Fan et al., CVPR 2023). What is pushed follows from scores that were taken before
 * their labels were learned (`src/pmr/stream`); this file turns that into the weights of a round's steps.
 *
 * - young or unknown: both encoders step, pushed by the batch's own rho outside the dead band, PER while it is early;
 * - balanced: the head steps, both encoders at a quarter of the rate (ADR 0051);
 * - one modality weak: its encoder and the head step, the dominant encoder is frozen;
 * - guarded: plain joint training with uni-modal cross-entropy.
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
  if (young) return { audioRate: 1, videoRate: 1 };
  switch (plan.mode) {
    case 'unknown':
    case 'guarded':
      return { audioRate: 1, videoRate: 1 };
    case 'balanced':
      return { audioRate: balancedRate, videoRate: balancedRate };
    case 'audio-weak':
      return { audioRate: 1, videoRate: dominantRate };
    case 'video-weak':
      return { audioRate: dominantRate, videoRate: 1 };
  }
}

/** Equation 11 on the batch's scores, outside the dead band; nothing before the first batch. */
function batchPush({ audioScores, videoScores }: StepObservation, deadBand: number): Push {
  const rho = imbalanceRatio(audioScores, videoScores);
  return Math.abs(Math.log(rho)) > deadBand ? gradedPush(rho) : { beta: 0, gamma: 0 };
}

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
  const { alpha, uniModal, kappa, mu, deadBand } = settings;
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
    mu: young && plan.early && plan.mode !== 'guarded' ? mu : 0,
  };
  const byBatch = young && plan.mode !== 'guarded';
  return {
    frozen,
    terms: termsOf(fixed),
    matches: fixed.kappa > 0,
    weightsAt: (observation) => {
      const { beta, gamma } = byBatch ? batchPush(observation, deadBand) : plan;
      const { tauAudio, tauVideo } = observation;
      return { ...fixed, tauAudio, tauVideo, beta, gamma };
    },
  };
}

/** With the constants as the rules have them. */
export const pmrStream: TrainingPolicy = pmrStreamWith(STREAM);
