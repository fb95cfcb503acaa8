/**
 * OGM-GE: Peng et al., "Balanced Multimodal Learning via On-the-fly Gradient Modulation", CVPR 2022.
 *
 * The stronger encoder is slowed by `k = 1 - tanh(alpha r)`, `r` its head score over the other's, and every convolution's
 * gradient gets noise of its own deviation. Differs: k multiplies the rate, not the gradient, which Adam would divide
 * out again (ADR 0053); rho is the last batch's, because this batch's is known after the step.
 */
import { ogmCoefficients } from '../../pmr/modulation.ts';
import { DEFAULTS, JOINT_WEIGHTS, type StepObservation, type TrainingPolicy } from './policy.ts';

const ALPHA = 0.3; // between the authors' 0.8 (CREMA-D) and 0.1 (VGGSound); pmr.md section f used it

export const ogmGe: TrainingPolicy = {
  ...DEFAULTS,
  name: 'ogm-ge',
  gradients: 'noisy',
  begin: () => ({ frozen: [], terms: [], weightsAt }),
};

function weightsAt({ audioHeadScores, videoHeadScores }: StepObservation): typeof JOINT_WEIGHTS {
  const { audio, video } = ogmCoefficients(audioHeadScores, videoHeadScores, ALPHA);
  return { ...JOINT_WEIGHTS, audioRate: audio, videoRate: video };
}
