/**
 * PMR as the paper has it, and with uni-modal cross-entropy, which is what the product trains with.
 *
 * Source: Fan et al., "PMR: Prototypical Modal Rebalance", CVPR 2023, equations 8, 10, 11, 13. Where it differs: ADR 0022.
 */
import { gradedPush, imbalanceRatio } from '../../pmr/modulation.ts';
import {
  DEFAULTS,
  JOINT_WEIGHTS,
  type RoundContext,
  type Schedule,
  type StepObservation,
  type StepWeights,
  type TrainingPolicy,
  termsOf,
  UNI_MODAL_WEIGHT,
} from './policy.ts';

const ALPHA = 1;
const MU = 1e-2;

function weightsOf({ audioScores, videoScores, step, steps }: StepObservation, young: boolean): StepWeights {
  // rho is the last batch's: this batch's is known only after the step.
  const push = gradedPush(imbalanceRatio(audioScores, videoScores));
  // The paper's "first few epochs": the first quarter of a round of young encoders.
  return { ...JOINT_WEIGHTS, alpha: ALPHA, ...push, mu: young && step < steps / 4 ? MU : 0 };
}

const scheduleWith =
  (uniModal: number) =>
  ({ young }: RoundContext): Schedule => ({
    frozen: [],
    terms: termsOf({ uniModal, alpha: ALPHA, mu: young ? MU : 0, kappa: 0 }),
    weightsAt: (observation) => ({ ...weightsOf(observation, young), uniModal }),
  });

/** Equations 8, 10, 11 and, early, 13. */
export const paperPmr: TrainingPolicy = { ...DEFAULTS, name: 'paper-pmr', begin: scheduleWith(0) };

/** With joint and uni-modal cross-entropy (ADR 0022). */
export const uniModalPmr: TrainingPolicy = {
  ...DEFAULTS,
  name: 'uni-modal-pmr',
  begin: scheduleWith(UNI_MODAL_WEIGHT),
};
