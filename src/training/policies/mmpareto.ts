import { JOINT_WEIGHTS, steady } from './policy.ts';

/**
 * MMPareto: Wei and Hu, "MMPareto: Boosting Multimodal Learning with Innocent Unimodal Assistance", ICML 2024. Each
 * encoder follows the fused and its own gradient, by their common descent direction where they conflict.
 */
export const mmpareto = steady('mmpareto', { ...JOINT_WEIGHTS, uniModal: 1 }, { gradients: 'pareto' });
