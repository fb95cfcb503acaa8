/**
 * Who is ahead, and how strongly the other one is pushed. Plain numbers.
 *
 * Sources: Fan et al. (CVPR 2023), equations 8 and 11; the switch of their published code; Peng et al.,
 * "Balanced Multimodal Learning via On-the-fly Gradient Modulation" (CVPR 2022), for OGM-GE.
 */

export type Push = {
  /** Pushes audio, in [0, 1]. */
  readonly beta: number;
  /** Pushes video, in [0, 1]. */
  readonly gamma: number;
};

const unit = (value: number): number => Math.min(1, Math.max(0, value));

/** Equation 8: summed audio scores over summed video scores. 1 while both are 0; infinite when only video is. */
export function imbalanceRatio(audioSum: number, videoSum: number): number {
  return audioSum === 0 && videoSum === 0 ? 1 : audioSum / videoSum;
}

/** Equation 11: only the slow modality is pushed, at most fully once the other scores twice as high. */
export function gradedPush(rho: number): Push {
  return rho < 1 ? { beta: unit(1 / rho - 1), gamma: 0 } : { beta: 0, gamma: unit(rho - 1) };
}

/** Factors of both PCE terms, or of both gradients. */
export type Coefficients = { readonly audio: number; readonly video: number };

/** The switch of the published code: the whole `alpha` on the slow side, nothing at a tie. */
export function switchedPush(rho: number, alpha: number): Coefficients {
  return { audio: rho < 1 ? alpha : 0, video: rho > 1 ? alpha : 0 };
}

/** OGM-GE: the stronger side's gradient is multiplied by `1 - tanh(alpha * ratio)`, `ratio` its score over the other's. */
export function ogmCoefficients(audioSum: number, videoSum: number, alpha: number): Coefficients {
  const video = imbalanceRatio(videoSum, audioSum);
  if (video > 1) return { audio: 1, video: 1 - Math.tanh(alpha * video) };
  const audio = imbalanceRatio(audioSum, videoSum);
  return { audio: audio > 1 ? 1 - Math.tanh(alpha * audio) : 1, video: 1 };
}
