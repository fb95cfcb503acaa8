/**
 * The learning rate over a run: a short rise, a long stretch at the highest rate, then half a cosine down to nothing. (Warm-up,
 * stable, decay: Hu et al., "MiniCPM", 2024.) Until the fall begins no rate depends on the length of the run, so that a run that is
 * given minutes may learn from its own speed how many steps it has.
 */

/** Steps of the rise. */
export const WARM_UP_STEPS = 60;
const STABLE_SHARE = 0.5;

/** The first step of the fall of a run of `total` steps. */
export const fallAt = (total: number): number => Math.max(WARM_UP_STEPS, Math.floor(STABLE_SHARE * total));

/**
 * The rate of a step.
 *
 * @param step from 0 on. @param total steps of the whole run, null before it is known. @param peak highest rate.
 */
export function rateAt(step: number, total: number | null, peak: number): number {
  if (step < WARM_UP_STEPS) return (peak * (step + 1)) / WARM_UP_STEPS;
  if (total === null || step < fallAt(total)) return peak;
  const done = (step - fallAt(total)) / Math.max(1, total - fallAt(total));
  return (peak * (1 + Math.cos(Math.PI * Math.min(1, done)))) / 2;
}
