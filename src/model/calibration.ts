/**
 * What one modality's own exemplars say about it: temperature, accuracy, and how far a class reaches.
 *
 * Everything is judged leaving out whole spans: neighbouring windows overlap by 75 %, a window left out alone would
 * be answered by its own neighbours.
 */

/** An exemplar as the metric sees it: z-scored, length 1. */
export type Placed = { readonly labelId: string; readonly u: Float64Array };
/** Placed exemplars by class id. */
export type PlacedClasses = ReadonlyMap<string, readonly Placed[]>;

export type Calibration = {
  /** Softmax temperature of distances. */
  readonly tau: number;
  /** Leave-one-span-out accuracy in [0, 1]; null before two classes have two spans each. */
  readonly accuracy: number | null;
  /** By class id: beyond this distance a window is far from the class. */
  readonly radii: ReadonlyMap<string, number>;
};

export const DEFAULT_TAU = 0.1; // distances on the unit sphere differ by some 0.5: logits span a few units
const TAUS = [0.1, 0.07, 0.14, 0.05, 0.2, 0.3, 0.4]; // the default first: it wins a tie
/** On the unit sphere unrelated directions lie about 1.2 from a prototype, a class's own about 0.5 to 0.8. */
export const DEFAULT_RADIUS = 1;
const RADIUS_RANGE = [0.8, 1.15] as const; // tighter after training, own held-out windows fall outside (ADR 0011)
const RADIUS_DEVIATIONS = 3;
const RADIUS_PRIOR_SPANS = 2;
// Bounds the work of one calibration: 512 exemplars against every class.
const JUDGED_EXEMPLARS = 512;

/** Euclidean distance; finite for finite arguments, 0 at 0. */
export function distanceBetween(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) {
    const delta = a[d]! - b[d]!;
    sum += delta * delta;
  }
  return Math.sqrt(sum);
}

function sumOf(vectors: readonly Float64Array[], width: number): Float64Array {
  const sum = new Float64Array(width);
  for (const vector of vectors) for (let d = 0; d < width; d++) sum[d] = sum[d]! + vector[d]!;
  return sum;
}

/** Mean vector; `width` serves where `vectors` is empty. */
export function meanOf(vectors: readonly Float64Array[], width: number): Float64Array {
  const mean = sumOf(vectors, width);
  if (vectors.length === 0) return mean;
  for (let d = 0; d < width; d++) mean[d] = mean[d]! / vectors.length;
  return mean;
}

const spansOf = (list: readonly Placed[]): number => new Set(list.map(({ labelId }) => labelId)).size;

/** One exemplar's distances to all class centres, its own made without its span. */
type Judged = { readonly own: number; readonly distances: readonly number[] };

const vectorsOf = (list: readonly Placed[]): readonly Float64Array[] => list.map(({ u }) => u);

/** By span: the mean of all other exemplars. Only asked of a class with at least two spans. */
function centresWithoutSpan(list: readonly Placed[], width: number): ReadonlyMap<string, Float64Array> {
  const all = sumOf(vectorsOf(list), width);
  const spans = new Set(list.map(({ labelId }) => labelId));
  return new Map(
    [...spans].map((labelId) => {
      const span = list.filter((placed) => placed.labelId === labelId);
      const others = list.length - span.length;
      const own = sumOf(vectorsOf(span), width);
      return [labelId, all.map((sum, d) => (sum - own[d]!) / others)];
    }),
  );
}

function ownDistances(list: readonly Placed[], width: number): readonly number[] {
  const without = centresWithoutSpan(list, width);
  return list.map(({ labelId, u }) => distanceBetween(u, without.get(labelId) ?? u));
}

function radiusOf(list: readonly Placed[], width: number): number {
  const spans = spansOf(list);
  if (spans < 2) return DEFAULT_RADIUS;
  const own = ownDistances(list, width);
  const mean = own.reduce((sum, d) => sum + d, 0) / own.length;
  const variance = own.reduce((sum, d) => sum + (d - mean) ** 2, 0) / own.length;
  const reach = mean + RADIUS_DEVIATIONS * Math.sqrt(variance);
  const blended = (spans * reach + RADIUS_PRIOR_SPANS * DEFAULT_RADIUS) / (spans + RADIUS_PRIOR_SPANS);
  return Math.min(RADIUS_RANGE[1], Math.max(RADIUS_RANGE[0], blended));
}

function judgeAll(classes: PlacedClasses, width: number): readonly Judged[] {
  const lists = [...classes.values()];
  const perClass = Math.max(2, Math.floor(JUDGED_EXEMPLARS / lists.length));
  const centres = lists.map((list) => meanOf(vectorsOf(list), width));
  return lists.flatMap((list, own) => {
    const without = centresWithoutSpan(list, width);
    return list.slice(-perClass).map(({ labelId, u }) => ({
      own,
      distances: centres.map((centre, k) =>
        distanceBetween(u, k === own ? (without.get(labelId) ?? centre) : centre),
      ),
    }));
  });
}

/** Mean `-log p(own)` under softmax of `-distance / tau`. */
function surprise(judged: readonly Judged[], tau: number): number {
  const total = judged.reduce((sum, { own, distances }) => {
    const nearest = Math.min(...distances);
    const mass = distances.reduce((acc, d) => acc + Math.exp((nearest - d) / tau), 0);
    return sum + ((distances[own] ?? 0) - nearest) / tau + Math.log(mass);
  }, 0);
  return total / judged.length;
}

function bestTau(judged: readonly Judged[]): number {
  const rated = TAUS.map((tau) => ({ tau, cost: surprise(judged, tau) }));
  return rated.reduce((best, next) => (next.cost < best.cost ? next : best)).tau;
}

/** Class-balanced share of exemplars whose own class is nearest. */
function accuracyOf(judged: readonly Judged[], classes: number): number {
  const hits = new Float64Array(classes);
  const counts = new Float64Array(classes);
  for (const { own, distances } of judged) {
    counts[own] = counts[own]! + 1;
    if (distances.every((d, k) => k === own || d > (distances[own] ?? 0))) hits[own] = hits[own]! + 1;
  }
  return hits.reduce((sum, hit, k) => sum + hit / counts[k]!, 0) / classes;
}

/** Calibrates one modality. Independent of the order of classes and exemplars, up to rounding. */
export function calibrate(classes: PlacedClasses, width: number): Calibration {
  const radii = new Map([...classes].map(([classId, list]) => [classId, radiusOf(list, width)]));
  const lists = [...classes.values()];
  if (lists.length < 2 || lists.some((list) => spansOf(list) < 2)) {
    return { tau: DEFAULT_TAU, accuracy: null, radii };
  }
  const judged = judgeAll(classes, width);
  return { tau: bestTau(judged), accuracy: accuracyOf(judged, lists.length), radii };
}
