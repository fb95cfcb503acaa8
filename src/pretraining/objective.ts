/**
 * What pretraining urges representations to do, as tensor functions: differentiable on every backend, traceable into a graph.
 *
 * Shapes: B things, each rendered twice, so 2B rows of which row i and row i + B are one thing; P width of the projection;
 * K kinds, M measures; float32. Every function borrows its arguments; the caller owns the result.
 */
import * as tf from '@tensorflow/tfjs';

const LEAST_SQUARED_NORM = 1e-12;
const MASKED = -1e9; // far below any logit; finite, so 0 * MASKED is 0

/** Rows at length 1. */
function unitRows(rows: tf.Tensor2D): tf.Tensor2D {
  const squares = rows.square().sum<tf.Tensor2D>(1, true);
  return rows.div(squares.maximum(LEAST_SQUARED_NORM).sqrt());
}

/** [2B, 2B] with 1 where the column is the row's other rendering. */
function partners(rows: number): tf.Tensor2D {
  const values = new Float32Array(rows * rows);
  for (let i = 0; i < rows; i++) values[i * rows + ((i + rows / 2) % rows)] = 1;
  return tf.tensor2d(values, [rows, rows]);
}

/**
 * NT-Xent (Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", 2020, equation 1): the mean over
 * rows of the cross-entropy of finding the other rendering among all other rows, by cosine over `temperature`.
 *
 * @param projected [2B, P]
 */
export function contrastLoss(projected: tf.Tensor2D, temperature: number): tf.Scalar {
  return tf.tidy((): tf.Scalar => {
    const [rows] = projected.shape;
    const unit = unitRows(projected);
    const cosines = tf.matMul(unit, unit, false, true).div<tf.Tensor2D>(temperature);
    const others = cosines.add<tf.Tensor2D>(tf.eye(rows).mul(MASKED)); // a row is no answer to itself
    return tf.logSoftmax(others).mul(partners(rows)).sum<tf.Scalar>().div<tf.Scalar>(-rows);
  });
}

/** Columns without their mean [B, P]. */
const centred = (rows: tf.Tensor2D): tf.Tensor2D => rows.sub(rows.mean<tf.Tensor2D>(0, true));

const VARIANCE_EPSILON = 1e-4; // theirs

/** Mean over dimensions of how far the deviation falls short of 1 (their equation 1). */
function varianceShortfall(centre: tf.Tensor2D): tf.Scalar {
  const [rows] = centre.shape;
  const variance = centre
    .square()
    .sum(0)
    .div(rows - 1);
  return tf.sub(1, variance.add(VARIANCE_EPSILON).sqrt()).relu().mean<tf.Scalar>();
}

/** Sum of squared covariances of different dimensions, over P (their equations 3 and 4). */
function covarianceCost(centre: tf.Tensor2D): tf.Scalar {
  const [rows, width] = centre.shape;
  const covariance = tf.matMul(centre, centre, true).div(rows - 1);
  const different = tf.sub(1, tf.eye(width));
  return covariance.mul(different).square().sum<tf.Scalar>().div<tf.Scalar>(width);
}

/** Weights of invariance, variance and covariance: the authors'. */
const VICREG = { invariance: 25, variance: 25, covariance: 1 } as const;

/**
 * VICReg (Bardes, Ponce and LeCun, "Variance-Invariance-Covariance Regularization for Self-Supervised Learning", 2022): two
 * renderings are pulled together, and what keeps all from becoming one point is each dimension's deviation and that no two
 * dimensions say the same.
 *
 * @param projected [2B, P]
 */
export function varianceLoss(projected: tf.Tensor2D): tf.Scalar {
  return tf.tidy((): tf.Scalar => {
    const [rows, width] = projected.shape;
    const half = rows / 2;
    const first = projected.slice([0, 0], [half, width]);
    const second = projected.slice([half, 0], [half, width]);
    const apart = first.sub(second).square().mean<tf.Scalar>();
    const [a, b] = [centred(first), centred(second)];
    const variance = varianceShortfall(a).add<tf.Scalar>(varianceShortfall(b));
    const covariance = covarianceCost(a).add<tf.Scalar>(covarianceCost(b));
    return apart
      .mul<tf.Scalar>(VICREG.invariance)
      .add<tf.Scalar>(variance.mul(VICREG.variance / 2))
      .add(covariance.mul(VICREG.covariance));
  });
}

/** What the generator knows of each row's thing. */
export type AttributeTargets = {
  /** [2B, K]; one-hot. */
  readonly kinds: tf.Tensor2D;
  /** [2B, M]; anything where unknown. */
  readonly measures: tf.Tensor2D;
  /** [2B, M]; 1 where the thing has the measure, else 0. */
  readonly known: tf.Tensor2D;
};

/** Mean cross-entropy of the kinds. @param logits [2B, K] */
export function kindLoss(logits: tf.Tensor2D, kinds: tf.Tensor2D): tf.Scalar {
  return tf.tidy(
    (): tf.Scalar => tf.logSoftmax(logits).mul(kinds).sum<tf.Scalar>().div<tf.Scalar>(-logits.shape[0]),
  );
}

/** Mean over the known measures of the squared error; 0 where none is known. @param guesses [2B, M] */
export function measureLoss(
  guesses: tf.Tensor2D,
  { measures, known }: Omit<AttributeTargets, 'kinds'>,
): tf.Scalar {
  return tf.tidy(
    (): tf.Scalar =>
      guesses.sub(measures).square().mul(known).sum<tf.Scalar>().div(known.sum<tf.Scalar>().maximum(1)),
  );
}
