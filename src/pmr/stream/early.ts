/** Rule 6: PER holds the dominant modality back only early, after the start and after each new class. */
import type { StreamSettings } from './settings.ts';

/** Samples for which it is still early, with one more sample: the first of a class adds to it, each takes one. */
export function earlyAfter(
  left: number,
  firstOfClass: boolean,
  { earlyPerClass }: Pick<StreamSettings, 'earlyPerClass'>,
): number {
  return Math.max(0, left + (firstOfClass ? earlyPerClass : 0) - 1);
}
