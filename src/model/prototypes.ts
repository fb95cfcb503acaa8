/**
 * The product's prototypes: what one modality, by what it was taught, believes of a representation.
 *
 * `u = normalized(z)`; `c_k = mean of u over the newest 64 exemplars of k`; `d_k = |u - c_k| + push_k`;
 * `p(k) = softmax_k(-d_k / tau)` over the classes that have a prototype.
 * "Not X" pushes a sample away from X and invents no class: `push_k = max(0, 1 - n_k / |u - c_k|)`, where `n_k` is the
 * distance to the nearest of the newest 64 exemplars labelled "not k". It is 0 as soon as the sample is nearer to the
 * prototype than to any counterexample, and reaches 1 (half the sphere's diameter) on a counterexample.
 * Background exemplars only decide what is unknown: a sample nearer to one of them than to any prototype is far.
 * Departs from the paper's raw distances; see ADR 0011.
 */
import { type Calibration, calibrate, distanceBetween, meanOf, type Placed } from './calibration.ts';
import { ACTIVE_EXEMPLARS, type Exemplar, type Taught } from './exemplars.ts';
import { type Moments, momentsOf, type Normalizer, normalized, normalizerOf } from './statistics.ts';

type ClassPrototype = { readonly centre: Float64Array; readonly negatives: readonly Float64Array[] };

/** Everything derived from what a modality was taught and has seen. */
export type PrototypeView = {
  readonly normalizer: Normalizer;
  /** By class id; only classes with an exemplar. */
  readonly prototypes: ReadonlyMap<string, ClassPrototype>;
  readonly background: readonly Float64Array[];
  readonly calibration: Calibration;
};

/** One modality's opinion of one window, in the order of the class ids asked for. */
export type Opinion = {
  /** Softmax over the classes with a prototype; 0 for the others. */
  readonly probabilities: readonly number[];
  /** Natural logarithm of the above; null where there is no prototype. */
  readonly logs: readonly (number | null)[];
  /** Index of the nearest prototype, and its distance. */
  readonly nearest: number;
  readonly distance: number;
  /** Whether the window lies beyond the nearest class's radius, or nearer to the background. */
  readonly far: boolean;
};

const active = (list: readonly Exemplar[]): readonly Exemplar[] => list.slice(-ACTIVE_EXEMPLARS);

/** By name, so that the order in which classes were first taught changes no rounding. */
const shelvesOf = ({ positives }: Taught): [string, readonly Exemplar[]][] =>
  [...positives].sort(([a], [b]) => (a < b ? -1 : 1));

/** The z-scoring in which a modality's distances are measured. */
export function normalizerFor(taught: Taught, seen: Moments): Normalizer {
  const width = seen.mean.length;
  const moments = shelvesOf(taught).map(([, list]) =>
    momentsOf(
      active(list).map(({ z }) => z),
      width,
    ),
  );
  return normalizerOf(seen, moments);
}

/** The prototypes of a modality; `seen` are the moments of all its windows. Pure. */
export function prototypesOf(taught: Taught, seen: Moments): PrototypeView {
  const width = seen.mean.length;
  const shelves = shelvesOf(taught);
  const normalizer = normalizerFor(taught, seen);
  const place = (list: readonly Exemplar[]): Placed[] =>
    active(list).map(({ labelId, z }) => ({ labelId, u: normalized(normalizer, z) }));
  const vectors = (list: readonly Exemplar[]): Float64Array[] => place(list).map(({ u }) => u);
  const placed = new Map(shelves.map(([classId, list]) => [classId, place(list)]));
  const prototypes = new Map(
    [...placed].map(([classId, list]) => [
      classId,
      {
        centre: meanOf(
          list.map(({ u }) => u),
          width,
        ),
        negatives: vectors(taught.negatives.get(classId) ?? []),
      },
    ]),
  );
  return {
    normalizer,
    prototypes,
    background: vectors(taught.background),
    calibration: calibrate(placed, width),
  };
}

const nearestOf = (u: Float64Array, vectors: readonly Float64Array[]): number =>
  vectors.reduce((least, vector) => Math.min(least, distanceBetween(u, vector)), Number.POSITIVE_INFINITY);

function pushedDistance(u: Float64Array, { centre, negatives }: ClassPrototype): number {
  const plain = distanceBetween(u, centre);
  if (plain === 0) return 0;
  return plain + Math.max(0, 1 - nearestOf(u, negatives) / plain);
}

/**
 * What the prototypes say of `z`; null where none of the classes has one.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH or ERR_NOT_FINITE for a broken representation.
 */
export function opinionOf(
  view: PrototypeView,
  classIds: readonly string[],
  z: ArrayLike<number>,
): Opinion | null {
  const u = normalized(view.normalizer, z);
  const distances = classIds.map((classId) => {
    const prototype = view.prototypes.get(classId);
    return prototype ? pushedDistance(u, prototype) : null;
  });
  const present = distances.filter((d) => d !== null);
  if (present.length === 0) return null;
  const distance = Math.min(...present);
  const nearest = distances.indexOf(distance);
  const { tau, radii } = view.calibration;
  const mass = present.reduce((sum, d) => sum + Math.exp((distance - d) / tau), 0);
  const logs = distances.map((d) => (d === null ? null : (distance - d) / tau - Math.log(mass)));
  const radius = radii.get(classIds[nearest] ?? '') ?? 0;
  return {
    probabilities: logs.map((log) => (log === null ? 0 : Math.exp(log))),
    logs,
    nearest,
    distance,
    far: distance > radius || nearestOf(u, view.background) < distance,
  };
}
