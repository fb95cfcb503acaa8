/**
 * From the gradients of a step's terms to the one that moves the weights. Tensor functions for any backend, traceable:
 * every decision is arithmetic. Each borrows its arguments; the caller owns the result.
 */
import * as tf from '@tensorflow/tfjs';

/** Sum of products of two equally shaped tensors, as a product of matrices: its traced form holds no array of ones. */
export function dotOf(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return tf.matMul(a.reshape([1, a.size]), b.reshape([1, b.size]), false, true).asScalar();
}

const dotOfAll = (a: readonly tf.Tensor[], b: readonly tf.Tensor[]): tf.Scalar =>
  tf.addN(a.map((one, i) => dotOf(one, b[i] ?? one))).asScalar();

/** Norm of all gradients together. */
export const normOf = (gradients: readonly tf.Tensor[]): tf.Scalar =>
  dotOfAll(gradients, gradients).sqrt<tf.Scalar>();

/** Population deviation of a tensor's values; 0 where rounding makes the variance negative. */
export function deviationOf(values: tf.Tensor): tf.Scalar {
  return tf.tidy((): tf.Scalar => {
    const mean = values.mean();
    return dotOf(values, values).div(values.size).sub(mean.square()).maximum<tf.Scalar>(0).sqrt();
  });
}

/**
 * OGM-GE's generalization enhancement: the gradient with noise of its own deviation.
 *
 * @param noise standard normal, of the gradient's shape.
 */
export function withNoise(gradient: tf.Tensor, noise: tf.Tensor): tf.Tensor {
  return tf.tidy((): tf.Tensor => gradient.add(noise.mul(deviationOf(gradient))));
}

const LEAST = 1e-12;
// The authors' code (GeWu-Lab/MMPareto_ICML2024) makes every step half as large again. Under Adam it cancels.
const ENHANCEMENT = 1.5;

/**
 * MMPareto's share of the fused gradient in an encoder: a half where it agrees with the encoder's own, else that of the
 * shortest convex combination of the two, `((g_u - g_m) . g_u) / |g_m - g_u|^2` within [0, 1].
 */
export function fusedShare(fused: readonly tf.Tensor[], own: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy((): tf.Scalar => {
    const cross = dotOfAll(fused, own);
    const [fusedSquare, ownSquare] = [dotOfAll(fused, fused), dotOfAll(own, own)];
    const span = fusedSquare.add(ownSquare).sub(cross.mul(2)).maximum(LEAST);
    const shortest = ownSquare.sub(cross).div<tf.Scalar>(span).maximum<tf.Scalar>(0).minimum<tf.Scalar>(1);
    const agree = tf.greater(cross, 0).toFloat();
    return agree.mul(0.5).add(tf.sub(1, agree).mul(shortest));
  });
}

/**
 * MMPareto (Wei and Hu, ICML 2024): `2 a g_m + 2 (1 - a) g_u` for each tensor of one encoder, never shorter than the plain
 * sum, half as large again.
 */
export function withoutConflict(
  fused: readonly tf.Tensor[],
  own: readonly tf.Tensor[],
): readonly tf.Tensor[] {
  const share = fusedShare(fused, own);
  return fused.map((one, i) =>
    tf.tidy((): tf.Tensor => {
      const other = own[i] ?? one;
      const mixed = one.mul(share.mul(2)).add(other.mul(tf.sub(1, share).mul(2)));
      const sum = one.add(other);
      const longer = dotOf(sum, sum).sqrt().div(dotOf(mixed, mixed).sqrt().maximum(LEAST)).maximum(1);
      return mixed.mul(longer.mul(ENHANCEMENT));
    }),
  );
}
