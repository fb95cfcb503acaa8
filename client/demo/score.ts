/** How often the demo's known truth was met in the last minute, by fused answer, sound and picture. Pure. */
import type { Prediction } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';

const KEPT = 250; // a minute at a 0.24 s hop

/** Right or wrong of one window that lay wholly inside one slot; null where a modality had no answer to give. */
export type Outcome = {
  readonly fused: boolean;
  readonly audio: boolean | null;
  readonly video: boolean | null;
};

/** `null` where the window is not wholly inside the slot: its truth is a mixture. */
export function outcome(
  prediction: Prediction,
  slot: { readonly start: Micros; readonly end: Micros },
  truthId: string,
): Outcome | null {
  if (prediction.start < slot.start || prediction.end > slot.end) return null;
  const { audio, video } = prediction;
  return {
    fused: prediction.answer === truthId,
    audio: audio.probabilities.length === 0 ? null : audio.answer === truthId,
    video: video.probabilities.length === 0 ? null : video.answer === truthId,
  };
}

export const addOutcome = (kept: readonly Outcome[], next: Outcome): readonly Outcome[] =>
  [...kept, next].slice(-KEPT);

/** Share of right answers, or null where there was none to judge. */
export function share(kept: readonly Outcome[], of: keyof Outcome): number | null {
  const judged = kept.filter((one) => one[of] !== null);
  return judged.length === 0 ? null : judged.filter((one) => one[of]).length / judged.length;
}
