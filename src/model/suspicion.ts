/**
 * Labels that deserve a second look: spans that lie far from what their class was otherwise taught, in both modalities, and
 * near one other class, in both. A suspicion is a question to a person, never a decision.
 *
 * In each modality, on the unit sphere of the prototypes (ADR 0011), a span's distance to a class is the mean distance of its
 * windows to the mean of the class's spans, itself left out. What is usual is told by the class's own spans, each left out in
 * turn: a span is _far_ beyond `median + 3 max(1.4826 MAD, 0.05 median)` of their distances, and _near_ another class within
 * that class's own bound. Median and MAD, because the labels that are looked for are among those that they are compared with
 * (Leys et al., 2013, three deviations; the leave-one-out vote against label noise is Wilson's, 1972). See ADR 0057.
 */
import { distanceBetween, meanOf } from './calibration.ts';
import type { ClassifierState, ModalityState } from './classifier.ts';
import { ACTIVE_EXEMPLARS } from './exemplars.ts';
import { normalizerFor } from './prototypes.ts';
import { normalized } from './statistics.ts';

export type SuspicionSettings = {
  /** Spans of a class that must speak in a modality before anything is said of it. */
  readonly spans: number;
  /** How many deviations beyond the median are far. */
  readonly deviations: number;
  /** The least deviation, as a share of the median: a few spans that happen to agree must not make the next one suspicious. */
  readonly leastDeviation: number;
};

export const SUSPICION: SuspicionSettings = { spans: 5, deviations: 3, leastDeviation: 0.05 };

export type Suspicion = {
  readonly labelId: string;
  readonly classId: string;
  /** What it looks like. */
  readonly otherId: string;
  /** How many times as far from its class as the class's spans usually are; above 1. */
  readonly audio: number;
  readonly video: number;
};

/** One span of one class as a modality sees it. */
type Span = {
  readonly labelId: string;
  readonly windows: readonly Float64Array[];
  readonly mean: Float64Array;
};

/** A class as a modality sees it: its spans, how far each is from the others, and what of that is usual. */
type Sight = {
  readonly spans: readonly Span[];
  readonly sum: Float64Array;
  readonly distances: readonly number[];
  readonly usual: number;
  readonly limit: number;
};
type Sights = ReadonlyMap<string, Sight>;

const MAD_TO_DEVIATION = 1.4826; // of a normal distribution
const LEAST_USUAL = 1e-6; // of spans that are all the same; keeps the factor finite

/** Middle value; the mean of the two middle ones of an even number. 0 for none. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}

const distanceTo = ({ windows }: Span, centre: Float64Array): number =>
  windows.reduce((sum, u) => sum + distanceBetween(u, centre), 0) / windows.length;

function sightOf(
  spans: readonly Span[],
  width: number,
  { deviations, leastDeviation }: SuspicionSettings,
): Sight {
  const sum = meanOf(
    spans.map(({ mean }) => mean),
    width,
  ).map((value) => value * spans.length);
  const others = spans.length - 1;
  const distances = spans.map((span) =>
    distanceTo(
      span,
      sum.map((value, d) => (value - span.mean[d]!) / others),
    ),
  );
  const usual = medianOf(distances);
  const spread = MAD_TO_DEVIATION * medianOf(distances.map((distance) => Math.abs(distance - usual)));
  return {
    spans,
    sum,
    distances,
    usual,
    limit: usual + deviations * Math.max(spread, leastDeviation * usual),
  };
}

/** Every class that has enough spans to say anything of. */
function sightsOf({ taught, inUse }: ModalityState, width: number, settings: SuspicionSettings): Sights {
  const normalizer = normalizerFor(taught, inUse);
  const sights = [...taught.positives].flatMap(([classId, all]) => {
    const list = all.slice(-ACTIVE_EXEMPLARS);
    const spans = [...new Set(list.map(({ labelId }) => labelId))].map((labelId): Span => {
      const windows = list.filter((one) => one.labelId === labelId).map(({ z }) => normalized(normalizer, z));
      return { labelId, windows, mean: meanOf(windows, width) };
    });
    return spans.length >= settings.spans ? [[classId, sightOf(spans, width, settings)] as const] : [];
  });
  return new Map(sights);
}

/** A span that is far from its class: how many times as far as is usual, and how near the other classes are. */
type Stray = { readonly times: number; readonly near: ReadonlyMap<string, number> };

/** The strays of one class by label. */
function straysOf(sights: Sights, classId: string): ReadonlyMap<string, Stray> {
  const own = sights.get(classId);
  if (!own) return new Map();
  const strays = own.spans.flatMap((span, i): [string, Stray][] => {
    const distance = own.distances[i]!;
    if (distance <= own.limit) return [];
    const near = [...sights].flatMap(([otherId, { spans, sum, limit }]): [string, number][] => {
      if (otherId === classId) return [];
      const toOther = distanceTo(
        span,
        sum.map((value) => value / spans.length),
      );
      return toOther <= limit && toOther < distance ? [[otherId, toOther / limit]] : [];
    });
    return [[span.labelId, { times: distance / Math.max(own.usual, LEAST_USUAL), near: new Map(near) }]];
  });
  return new Map(strays);
}

/**
 * The labels of a state that look mislabelled, class by class. A modality that is dead, out of scope or not taught enough says
 * nothing, and without both there is no suspicion. Pure; looks at the exemplars that shape a prototype, the
 * newest sixteen spans or so of each class (about 0.6 ms a class).
 */
export function suspiciousLabels(
  { audio, video, width }: ClassifierState,
  settings: SuspicionSettings = SUSPICION,
): readonly Suspicion[] {
  const heard = sightsOf(audio, width, settings);
  const seen = sightsOf(video, width, settings);
  return [...heard.keys()].flatMap((classId) => {
    const strays = straysOf(seen, classId);
    return [...straysOf(heard, classId)].flatMap(([labelId, byEar]): Suspicion[] => {
      const byEye = strays.get(labelId);
      const others = [...byEar.near].flatMap(([otherId, near]) => {
        const other = byEye?.near.get(otherId);
        return other === undefined ? [] : [{ otherId, distance: near + other }];
      });
      const [nearest] = others.sort((a, b) => a.distance - b.distance);
      if (!byEye || !nearest) return [];
      return [{ labelId, classId, otherId: nearest.otherId, audio: byEar.times, video: byEye.times }];
    });
  });
}
