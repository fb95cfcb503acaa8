/**
 * Scores predictions against labelled spans, and the summary that `stream` prints.
 */
import type { Prediction } from '../../proto/messages.ts';
import type { LabelledSpan } from './labels-csv.ts';

export type Accuracy = { readonly fused: number; readonly audio: number; readonly video: number };

export type Summary = {
  /** Windows that were answered. */
  readonly windows: number;
  /** Share of right answers on scored windows; null where none was scored. */
  readonly accuracy: Accuracy | null;
  /** Scored windows and accuracies of each class. */
  readonly perClass: Readonly<Record<string, Accuracy & { readonly windows: number }>>;
  /** Capture of a window's last sample (with --speed max: its sending) to the prediction's receipt. */
  readonly lagMs: { readonly p50: number | null; readonly p95: number | null };
  readonly shed: Readonly<Record<string, number>>;
  readonly modelVersion: number;
  /** Labels that the server has acknowledged. */
  readonly labels: number;
  /** How long `--settle` waited for training, and whether it had come to rest. */
  readonly settle: { readonly waitedMs: number; readonly idle: boolean } | null;
};

type Scored = { readonly className: string; readonly prediction: Prediction };

/** A window counts when it lies wholly inside a span. */
export function scoredWindows(
  predictions: readonly Prediction[],
  spans: readonly LabelledSpan[],
): readonly Scored[] {
  return predictions.flatMap((prediction) => {
    const span = spans.find(({ start, end }) => prediction.start >= start && prediction.end <= end);
    return span ? [{ className: span.className, prediction }] : [];
  });
}

function accuracy(scored: readonly Scored[], nameOf: (id: string | null) => string | null): Accuracy {
  const share = (answer: (prediction: Prediction) => string | null): number =>
    scored.filter(({ className, prediction }) => nameOf(answer(prediction)) === className).length /
    scored.length;
  return {
    fused: share(({ answer }) => answer),
    audio: share(({ audio }) => audio.answer),
    video: share(({ video }) => video.answer),
  };
}

/** Accuracies over all scored windows and for each class. `names`: class id to name; an unknown answer is a wrong one. */
export function score(
  scored: readonly Scored[],
  names: ReadonlyMap<string, string>,
): Pick<Summary, 'accuracy' | 'perClass'> {
  const nameOf = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? null));
  const classes = [...new Set(scored.map(({ className }) => className))].sort();
  const perClass = classes.map((className) => {
    const own = scored.filter((window) => window.className === className);
    return [className, { windows: own.length, ...accuracy(own, nameOf) }] as const;
  });
  return {
    accuracy: scored.length > 0 ? accuracy(scored, nameOf) : null,
    perClass: Object.fromEntries(perClass),
  };
}

/** The value below which the share `q` of the values lies (nearest rank); null for no values. */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;
}
