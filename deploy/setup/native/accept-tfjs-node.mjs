/**
 * Run in a child on the pinned Node: one convolution's forward and gradient by TensorFlow and by tfjs's pure JavaScript
 * backend must agree. Exit code 0 says that tfjs-node works; otherwise the last line says what does not.
 */
import { createRequire } from 'node:module';

const TOLERANCE = 1e-4; // float32 sums of 27 products near 1, in two orders

const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node');

/**
 * @param {number} count
 * @param {number} step
 * @returns {Float32Array} values in [-0.5, 0.5) without a pattern that a wrong layout would hide
 */
function values(count, step) {
  return Float32Array.from({ length: count }, (_, i) => ((i * step) % 1) - 0.5);
}

/**
 * @param {string} backend
 * @returns {Promise<Float32Array[]>} the convolution, its gradient by the picture and by the filter
 */
async function convolve(backend) {
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend cannot be used`);
  const picture = tf.tensor4d(values(2 * 8 * 8 * 3, 0.377), [2, 8, 8, 3]);
  const filter = tf.tensor4d(values(3 * 3 * 3 * 4, 0.613), [3, 3, 3, 4]);
  const forward = (/** @type {any} */ x, /** @type {any} */ w) => tf.conv2d(x, w, 2, 'same');
  const loss = (/** @type {any} */ x, /** @type {any} */ w) => forward(x, w).square().sum();
  const results = [forward(picture, filter), ...tf.grads(loss)([picture, filter])];
  return Promise.all(results.map((tensor) => tensor.data()));
}

try {
  const [native, reference] = [await convolve('tensorflow'), await convolve('cpu')];
  const errors = native.map((row, i) =>
    Math.max(...row.map((value, j) => Math.abs(value - (reference[i]?.[j] ?? Number.NaN)))),
  );
  if (!errors.every((error) => error < TOLERANCE)) {
    throw new Error(`error: a convolution differs from the pure JavaScript backend by ${errors.join(', ')}`);
  }
  console.log(`agrees to ${Math.max(...errors)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
