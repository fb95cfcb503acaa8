/**
 * Gradient of a convolution in its filter, as one other convolution.
 *
 * `dW[i, j, c, o] = sum over b, p, q of x[b, p·s + i − before, q·s + j − before, c] · dy[b, p, q, o]` is, for each
 * input channel c, a correlation of x's planes with dy's, summed over the batch: so batch and channels change places,
 * dy becomes a filter as large as the output, its taps s apart (a dilation), and the result has the filter's size.
 */
import * as tf from '@tensorflow/tfjs';

import type { Axis, Convolution } from './convolution.ts';

const paddingOf = ({ before, after }: Axis): [number, number] => [before, after];

/** `x` [B, H, W, in] and `dy` [B, P, Q, out] to [rows, columns, in, out]. Borrows both; the caller owns the result. */
export function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, conv: Convolution): tf.Tensor4D {
  const { rows, columns, inChannels, outChannels } = conv;
  return tf.tidy((): tf.Tensor4D => {
    const planes = tf.transpose(x, [3, 1, 2, 0]); // [in, H, W, B]
    const taps = tf.transpose(dy, [1, 2, 0, 3]); // [P, Q, B, out]
    const padding: [[number, number], [number, number], [number, number], [number, number]] = [
      [0, 0],
      paddingOf(rows),
      paddingOf(columns),
      [0, 0],
    ];
    const wide = tf.conv2d(planes, taps, 1, padding, 'NHWC', [rows.stride, columns.stride]);
    // Input that no window reached (a stride that does not divide) gives rows and columns beyond the filter.
    const sums = tf.slice(wide, [0, 0, 0, 0], [inChannels, rows.kernel, columns.kernel, outChannels]);
    return tf.transpose(sums, [1, 2, 0, 3]);
  });
}
