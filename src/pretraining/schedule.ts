/** The learning rate over a run: a short rise, then half a cosine down to nothing (Loshchilov and Hutter, 2017). */

/** Steps of the rise. It does not depend on the run's length, so that the first steps can be timed before that is known. */
export const WARM_UP_STEPS = 60;

/**
 * The rate of a step.
 *
 * @param step from 0 on. @param total steps of the whole run. @param peak highest rate.
 */
export function rateAt(step: number, total: number, peak: number): number {
  if (step < WARM_UP_STEPS) return (peak * (step + 1)) / WARM_UP_STEPS;
  const done = (step - WARM_UP_STEPS) / Math.max(1, total - WARM_UP_STEPS);
  return (peak * (1 + Math.cos(Math.PI * Math.min(1, done)))) / 2;
}
