/**
 * What the base's head said of the samples that it has learned: the anchor of logit matching, which keeps a round from
 * forgetting (DER++, Buzzega et al., 2020). Typed arrays only.
 */
import { type Head, headLogits } from '../model/head.ts';
import type { Embedded } from './judging.ts';
import type { Labelled } from './replay-buffer.ts';

/** One step's part. B rows; C padded classes. */
export type BaseLogits = {
  /** [B, C]. */
  readonly logits: Float32Array;
  /** [C]; 1 for a class that the base's head knows. */
  readonly known: Float32Array;
  /** [B]; 1 for a sample that the base has learned. */
  readonly weights: Float32Array;
};

export function noBaseLogits(rows: number, classes: number): BaseLogits {
  return {
    logits: new Float32Array(rows * classes),
    known: new Float32Array(classes),
    weights: new Float32Array(rows),
  };
}

/** Names a sample: its label's place and its own place in the span. */
export const sampleKey = ({ label, index }: Labelled): string => `${label.seq}/${index}`;

export type Anchors = {
  readonly head: Head;
  /** By `sampleKey`: logits in the head's class order. */
  readonly logits: ReadonlyMap<string, readonly number[]>;
};

/** The base's logits of the samples with both senses; `embedded` are their representations by the base, in order. */
export function anchorsOf(head: Head, items: readonly Labelled[], embedded: readonly Embedded[]): Anchors {
  const entries = items.flatMap((item, i) => {
    const { zAudio = null, zVideo = null } = embedded[i] ?? {};
    if (!zAudio || !zVideo) return [];
    const { audio, video, bias } = headLogits(head, zAudio, zVideo);
    const sums = bias.map((value, k) => value + (audio[k] ?? 0) + (video[k] ?? 0));
    return [[sampleKey(item), sums] as const];
  });
  return { head, logits: new Map(entries) };
}

/** Writes a batch's rows over `out`; `columns` are the classes' columns while training. */
export function writeBaseLogits(
  out: BaseLogits,
  items: readonly Labelled[],
  { head, logits }: Anchors,
  columns: ReadonlyMap<string, number>,
): void {
  const classes = out.known.length;
  out.known.fill(0);
  out.weights.fill(0);
  const placed = head.classIds.map((id) => columns.get(id) ?? -1);
  for (const column of placed) if (column >= 0) out.known[column] = 1;
  items.slice(0, out.weights.length).forEach((item, row) => {
    const known = logits.get(sampleKey(item));
    if (!known) return;
    out.weights[row] = 1;
    placed.forEach((column, k) => {
      if (column >= 0) out.logits[row * classes + column] = known[k] ?? 0;
    });
  });
}
