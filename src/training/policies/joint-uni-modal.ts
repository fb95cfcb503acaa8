import { JOINT_WEIGHTS, steady, UNI_MODAL_WEIGHT } from './policy.ts';

/** With an always-on cross-entropy for each modality: the plain baseline that PMR has to beat. */
export const jointUniModal = steady('joint-uni-modal', { ...JOINT_WEIGHTS, uniModal: UNI_MODAL_WEIGHT });
