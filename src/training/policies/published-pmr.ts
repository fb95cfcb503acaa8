/**
 * PMR as its authors' code runs it: the whole alpha on whichever modality scores lower, however little, and no PER.
 *
 * Source: `main_Prototype_grad.py` of fanyunfeng-bit/Modal-Imbalance-PMR, which differs from the paper's equation 11.
 */
import { imbalanceRatio, switchedPush } from '../../pmr/modulation.ts';
import {
  DEFAULTS,
  JOINT_WEIGHTS,
  type StepObservation,
  type StepWeights,
  type TrainingPolicy,
} from './policy.ts';

const ALPHA = 1; // of its CG-MNIST commands; 2 on CREMA-D and AVE

export const publishedPmr: TrainingPolicy = {
  ...DEFAULTS,
  name: 'published-pmr',
  begin: () => ({ frozen: [], terms: ['pce'], weightsAt }),
};

function weightsAt({ audioScores, videoScores }: StepObservation): StepWeights {
  const { audio, video } = switchedPush(imbalanceRatio(audioScores, videoScores), 1);
  return { ...JOINT_WEIGHTS, alpha: ALPHA, beta: audio, gamma: video };
}
