/**
 * The losses as the trainer runs them: float32 tensors, differentiable on every backend, traceable into a graph.
 *
 * Shapes: B batch, K classes (padded), D representation width. Rows and classes that are only padding have weight
 * or mask 0 and change neither loss nor gradient. Every function borrows its arguments; the caller owns the result.
 * Source: Fan et al., CVPR 2023 (arXiv 2211.07089); numbers beside each function are its equations.
 */
import * as tf from '@tensorflow/tfjs';

import type { Distance } from './scores.ts';

export type PrototypeBatch = {
  /** [B, D]; gradients flow into it. */
  readonly z: tf.Tensor2D;
  /** [K, D]; constants. */
  readonly centres: tf.Tensor2D;
  /** [B, K]; one-hot. */
  readonly labels: tf.Tensor2D;
  /** [K]; 1 where the class has a prototype, else 0. */
  readonly mask: tf.Tensor1D;
  /** [B]; 0 for padding. */
  readonly weights: tf.Tensor1D;
  /** Divides distances; 1 is the paper's. */
  readonly tau: tf.Scalar;
  readonly distance: Distance;
};

// sqrt has infinite slope at 0. Below the floor `maximum` passes no gradient, so a sample on its prototype gets 0.
const LEAST_SQUARED_DISTANCE = 1e-12;
const MASKED = -1e9; // far below any logit, so softmax gives a masked class 0; finite, so 0 * MASKED is 0
const LEAST_WEIGHT = 1e-12;

/** Squared distances [B, K]. The sum over D is a product with ones: its gradient holds no array of [B, K, D] ones. */
function squaredDistances(z: tf.Tensor2D, centres: tf.Tensor2D): tf.Tensor2D {
  const [batch, width] = z.shape;
  const classes = centres.shape[0];
  // Reshaped, not expanded: TensorFlow's ExpandDims cannot be put into a graph (tfjs-node gives it no type).
  const squares = z
    .reshape([batch, 1, width])
    .sub(centres.reshape([1, classes, width]))
    .square();
  return tf
    .matMul(squares.reshape([batch * classes, width]), tf.fill([width, 1], 1))
    .reshape([batch, classes]);
}

/** Distances [B, K]; finite gradient everywhere. */
export function prototypeDistances(z: tf.Tensor2D, centres: tf.Tensor2D, distance: Distance): tf.Tensor2D {
  return tf.tidy((): tf.Tensor2D => {
    const squared = squaredDistances(z, centres);
    return distance === 'sq_euclid' ? squared : squared.maximum<tf.Tensor2D>(LEAST_SQUARED_DISTANCE).sqrt();
  });
}

/** Equation 7's logits [B, K]: `-distance / tau`, and `MASKED` for a class without prototype. */
export function prototypeLogits({
  z,
  centres,
  mask,
  tau,
  distance,
}: Omit<PrototypeBatch, 'labels' | 'weights'>): tf.Tensor2D {
  return tf.tidy(
    (): tf.Tensor2D => masked(prototypeDistances(z, centres, distance).div<tf.Tensor2D>(tau).neg(), mask),
  );
}

/** Logits [B, K] with `MASKED` where `mask` [K] is 0. */
export function masked(logits: tf.Tensor2D, mask: tf.Tensor1D): tf.Tensor2D {
  return tf.tidy((): tf.Tensor2D => logits.mul(mask).add(tf.sub(1, mask).mul(MASKED)));
}

/** `sum(w x) / sum(w)`, 0 where all weights are 0. */
function weightedMean(values: tf.Tensor1D, weights: tf.Tensor1D): tf.Scalar {
  return values.mul(weights).sum<tf.Scalar>().div(weights.sum().maximum(LEAST_WEIGHT));
}

/**
 * Weighted batch mean of `-log softmax(logits)` at the one-hot labels. A sample whose label is masked out costs
 * nothing: there is nothing to pull it towards.
 */
export function crossEntropyLoss(
  logits: tf.Tensor2D,
  { labels, mask, weights }: Pick<PrototypeBatch, 'labels' | 'mask' | 'weights'>,
): tf.Scalar {
  return tf.tidy((): tf.Scalar => {
    const costs = tf.logSoftmax(masked(logits, mask)).mul(labels).sum<tf.Tensor1D>(1).neg<tf.Tensor1D>();
    const answerable = labels.mul(mask).sum<tf.Tensor1D>(1).mul<tf.Tensor1D>(weights);
    return weightedMean(costs, answerable);
  });
}

/** Equation 9, PCE: urges a modality's representations towards their own prototypes. */
export function pceLoss(batch: PrototypeBatch): tf.Scalar {
  return tf.tidy((): tf.Scalar => crossEntropyLoss(prototypeLogits(batch), batch));
}

/** Weighted batch mean of the entropy of `softmax(logits)`, natural log. */
export function meanEntropy(logits: tf.Tensor2D, weights: tf.Tensor1D): tf.Scalar {
  return tf.tidy((): tf.Scalar => {
    const logs = tf.logSoftmax(logits);
    const entropy = logs.exp().mul(logs).sum<tf.Tensor1D>(1).neg<tf.Tensor1D>(); // 0 * MASKED is 0
    return weightedMean(entropy, weights);
  });
}

/** Entropy of the prototype softmax: what PER holds up (equation 13). */
export function entropyLoss(batch: Omit<PrototypeBatch, 'labels'>): tf.Scalar {
  return tf.tidy((): tf.Scalar => meanEntropy(prototypeLogits(batch), batch.weights));
}

/** Scalars, as tensors: a traced graph takes them as inputs. */
export type LossTerms = {
  readonly fused: tf.Scalar;
  readonly pceAudio: tf.Scalar;
  readonly pceVideo: tf.Scalar;
  readonly entropyAudio: tf.Scalar;
  readonly entropyVideo: tf.Scalar;
};
export type LossWeights = {
  readonly alpha: tf.Scalar;
  readonly beta: tf.Scalar;
  readonly gamma: tf.Scalar;
  /** 0 once the early phase is over: equation 13 becomes equation 10. */
  readonly mu: tf.Scalar;
};

/** Equation 13: `CE + alpha (beta PCE_a + gamma PCE_v) - mu (gamma H_a + beta H_v)`. */
export function pmrLoss(terms: LossTerms, { alpha, beta, gamma, mu }: LossWeights): tf.Scalar {
  return tf.tidy((): tf.Scalar => {
    const push = terms.pceAudio.mul(beta).add(terms.pceVideo.mul(gamma)).mul(alpha);
    const hold = terms.entropyAudio.mul(gamma).add(terms.entropyVideo.mul(beta)).mul(mu);
    return terms.fused.add<tf.Scalar>(push).sub(hold);
  });
}
