/**
 * What a fusion is: weights, and how logits come of two representations, as tensors to train by and as plain numbers to
 * serve by. Prototypes, the modalities' losses and the loop around them know nothing of it.
 *
 * Shapes: B batch, K classes, D representation width. While training, a weight by class is [..., K] and padded in K; in a
 * served head it is [K, ...], one row a class, without padding.
 *
 * A half is what one modality alone says through the head: what its own cross-entropy trains, and what OGM-GE compares.
 * Where the fusion adds, it is the modality's part; where it multiplies, the fused answer with the other representation
 * at zero. A window in which a modality is missing or dead is never answered by the head: prototypes answer alone.
 */
import type * as tf from '@tensorflow/tfjs';

import type { FusionName } from '../../../proto/fusions.ts';
import type { Modality } from '../../../proto/messages.ts';
import { ShapeError } from '../../errors.ts';
import type { PerModality } from '../evidence.ts';

export type HeadWeight = {
  /** Begins with `head/`. */
  readonly name: string;
  /** Without the classes. */
  readonly shape: readonly number[];
  /** Whether each class has its own. */
  readonly byClass: boolean;
  /** What a fresh one holds: `small` keeps logits well below one, `linear` keeps the variance of what goes in. */
  readonly fresh: 'small' | 'linear' | 'zeros' | 'ones';
};

/** Weights while training, by name. @throws {ShapeError} ERR_SHAPE for a name that is not there */
export type HeadTensors = (name: string) => tf.Tensor;

/** Fused logits, and each modality's through its half of the head; [B, K]. */
export type LogitTensors = {
  readonly fused: tf.Tensor2D;
  readonly audio: tf.Tensor2D;
  readonly video: tf.Tensor2D;
};

/** Weights of a served head, by name. */
export type HeadWeights = Readonly<Record<string, Float32Array>>;

export type ServedWeights = { readonly classes: number; readonly weights: HeadWeights };

/** Each modality's part of the logits and what neither moves: they add up to the fused logits. */
export type HeadLogits = {
  readonly audio: readonly number[];
  readonly video: readonly number[];
  readonly bias: readonly number[];
};

export type FusionForm = {
  readonly name: FusionName;
  /** In order; both representations `width` wide. */
  readonly weights: (width: number) => readonly HeadWeight[];
  /** Traceable, differentiable; borrows, and the caller owns what it gets. */
  readonly trace: (z: PerModality<tf.Tensor2D>, weights: HeadTensors) => LogitTensors;
  /** @throws {ShapeError} ERR_PROTOTYPE_WIDTH for representations of another width */
  readonly parts: (head: ServedWeights, z: PerModality<ArrayLike<number>>) => HeadLogits;
  /** One modality's half. @throws {ShapeError} ERR_PROTOTYPE_WIDTH */
  readonly half: (head: ServedWeights, side: Modality, z: ArrayLike<number>) => readonly number[];
};

/** A weight of a served head. @throws {ShapeError} ERR_SHAPE if it is not there */
export function weightOf({ weights }: ServedWeights, name: string): Float32Array {
  const values = weights[name];
  if (values) return values;
  const seen = Object.keys(weights).join(', ');
  throw new ShapeError('ERR_SHAPE', `the head holds ${seen || 'nothing'}, ${name} is missing: train it anew`);
}

/** `W z` of one row a class, [K]. @throws {ShapeError} ERR_PROTOTYPE_WIDTH if `z` is of another width */
export function rowProducts(head: ServedWeights, name: string, z: ArrayLike<number>): number[] {
  const { classes } = head;
  const values = weightOf(head, name);
  const width = z.length;
  if (values.length !== classes * width) {
    const hint = `${name} holds ${values.length} weights, ${classes} classes of a ${width} wide z need ${classes * width}`;
    throw new ShapeError('ERR_PROTOTYPE_WIDTH', hint);
  }
  const made: number[] = [];
  for (let k = 0; k < classes; k++) {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += values[k * width + d]! * z[d]!;
    made.push(sum);
  }
  return made;
}

/** `z M + c` of a layer that all classes share: `kernel` [D, D], `kernel-bias` [D]. @throws {ShapeError} ERR_PROTOTYPE_WIDTH */
export function layer(head: ServedWeights, kernel: string, z: ArrayLike<number>): number[] {
  const values = weightOf(head, kernel);
  const made = Array.from(weightOf(head, `${kernel}-bias`));
  const width = made.length;
  if (values.length !== z.length * width || z.length !== width) {
    const hint = `${kernel} is made for ${width} wide representations, z is ${z.length} wide`;
    throw new ShapeError('ERR_PROTOTYPE_WIDTH', hint);
  }
  for (let from = 0; from < width; from++)
    for (let to = 0; to < width; to++) made[to] = made[to]! + z[from]! * values[from * width + to]!;
  return made;
}

export const added = (a: ArrayLike<number>, b: ArrayLike<number>): number[] =>
  Array.from({ length: a.length }, (_, i) => a[i]! + b[i]!);

/**
 * Splits logits that are no sum evenly: what each modality adds to nothing and to the other, in the mean (Shapley's value of
 * two players). Exchanging the modalities exchanges the parts; of a sum it gives the terms.
 */
export function evenSplit(options: {
  readonly both: readonly number[];
  readonly audio: readonly number[];
  readonly video: readonly number[];
  readonly none: readonly number[];
}): HeadLogits {
  const { both, audio, video, none } = options;
  const part = (own: readonly number[], other: readonly number[]): number[] =>
    none.map((nothing, k) => (own[k]! - nothing + both[k]! - other[k]!) / 2);
  return { audio: part(audio, video), video: part(video, audio), bias: none };
}
