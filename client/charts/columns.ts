/**
 * The strip chart's data: fixed-length columns that slide over the last minute. x in seconds before now, then the
 * probability that fused, sound and picture give to the fused answer; null where there was no window. Pure.
 */
import type { Prediction } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';

export type Column = (number | null)[];
/** x, fused, sound, picture: each of the same length. */
export type Columns = [number[], Column, Column, Column];

/** Where in `fused` the shown class stands: the answer, or for "unknown" the likeliest class. */
function shownIndex(prediction: Prediction): number {
  const answered = prediction.answer === null ? -1 : prediction.classIds.indexOf(prediction.answer);
  return answered >= 0 ? answered : prediction.fused.indexOf(Math.max(...prediction.fused));
}

/** @param hop spacing of the columns; @param span how far back the first one lies. */
export function columns(
  predictions: readonly Prediction[],
  newest: Micros,
  span: Micros,
  hop: Micros,
): Columns {
  const length = Math.round(span / hop) + 1;
  const x = Array.from({ length }, (_, i) => ((i - length + 1) * hop) / 1e6);
  const blank = (): Column => new Array<number | null>(length).fill(null);
  const [fused, audio, video] = [blank(), blank(), blank()];
  for (const prediction of predictions) {
    const i = length - 1 - Math.round((newest - prediction.end) / hop);
    const k = shownIndex(prediction);
    if (i < 0 || i >= length || k < 0) continue;
    fused[i] = prediction.fused[k] ?? null;
    audio[i] = prediction.audio.probabilities[k] ?? null;
    video[i] = prediction.video.probabilities[k] ?? null;
  }
  return [x, fused, audio, video];
}
