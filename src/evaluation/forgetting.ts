/**
 * Forgetting: how far each class has fallen below its own best.
 *
 * `F_j = max_{l < T} a_{l,j} - a_{T,j}`, averaged over the classes known before the last evaluation
 * (Chaudhry et al., "Riemannian Walk for Incremental Learning", ECCV 2018). Negative: it has got better than ever.
 */

/** Accuracy in [0, 1] by class id, of one evaluation on held-out samples. A class not yet known is left out. */
export type Accuracies = ReadonlyMap<string, number>;

/** F of each class that the newest evaluation and an earlier one know. */
export function forgettingByClass(evaluations: readonly Accuracies[]): ReadonlyMap<string, number> {
  const newest = evaluations.at(-1) ?? new Map<string, number>();
  const earlier = evaluations.slice(0, -1);
  const fallen = [...newest].flatMap(([classId, now]) => {
    const before = earlier.flatMap((evaluation) => evaluation.get(classId) ?? []);
    return before.length === 0 ? [] : [[classId, Math.max(...before) - now] as const];
  });
  return new Map(fallen);
}

/** Mean F over those classes; null when there is none. */
export function forgetting(evaluations: readonly Accuracies[]): number | null {
  const values = [...forgettingByClass(evaluations).values()];
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
