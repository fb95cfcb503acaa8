/**
 * Whether there is enough to train encoders on. Tensor-free: the gateway asks before it starts a round.
 */
import type { ClassRecord, EffectiveLabel } from '../journal.ts';

/** Spans that every taught class needs before encoders are trained; until then prototypes do better alone (fewshot.md). */
export const SPANS_BEFORE_TRAINING = 3;

/**
 * Why encoders cannot be trained yet, in words, or null. Classes without any label are not taught and do not count.
 */
export function missingForTraining(
  classes: readonly ClassRecord[],
  labels: readonly EffectiveLabel[],
): string | null {
  const counts = classes.map(({ id, name }) => {
    const spans = labels.filter(({ kind, classId }) => kind === 'class' && classId === id).length;
    return { name, spans };
  });
  const taught = counts.filter(({ spans }) => spans > 0);
  if (taught.length < 2) return 'a second taught class before encoders are trained';
  const wanting = taught.filter(({ spans }) => spans < SPANS_BEFORE_TRAINING);
  if (wanting.length === 0) return null;
  const needs = wanting.map(({ name, spans }) => {
    const more = SPANS_BEFORE_TRAINING - spans;
    return `${more} more ${more === 1 ? 'span' : 'spans'} of '${name}'`;
  });
  return `${needs.join(', ')} before encoders are trained`;
}
