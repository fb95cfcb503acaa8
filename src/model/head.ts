/**
 * The linear head over both representations: `logits = W_a z_a + W_v z_v + b`, for exactly one class set.
 *
 * Shapes: K classes of the head, D representation width; float32 storage, float64 sums.
 */
import { ShapeError } from '../errors.ts';

export type Head = {
  /** Row order of the weights. */
  readonly classIds: readonly string[];
  /** [K, D]. */
  readonly audio: Float32Array;
  /** [K, D]. */
  readonly video: Float32Array;
  /** [K]. */
  readonly bias: Float32Array;
  /** g in [0, 1]: the head's share of the fused answer; 0 until it passed the gate for this class set. */
  readonly gate: number;
};

/** Each modality's part of the logits, without the bias, so that an answer can be split. */
export type HeadLogits = {
  readonly audio: readonly number[];
  readonly video: readonly number[];
  readonly bias: readonly number[];
};

export type DenseHead = {
  readonly classIds: readonly string[];
  /** [D_audio + D_video, columns], as a training graph holds it; columns beyond the classes are padding. */
  readonly kernel: Float32Array;
  /** [columns]. */
  readonly bias: Float32Array;
  readonly gate: number;
};

/**
 * The head out of a dense layer padded in its classes; audio rows come first, both representations equally wide.
 *
 * @throws {ShapeError} ERR_CLASS_COUNT if there are more classes than columns, ERR_SHAPE if the sizes do not fit.
 */
export function headFromDense({ classIds, kernel, bias, gate }: DenseHead): Head {
  const columns = bias.length;
  const count = classIds.length;
  if (count > columns) {
    throw new ShapeError(
      'ERR_CLASS_COUNT',
      `${count} classes, ${columns} columns: pad the head to more classes`,
    );
  }
  const width = columns === 0 ? 0 : kernel.length / columns / 2;
  if (!Number.isInteger(width)) {
    throw new ShapeError(
      'ERR_SHAPE',
      `${kernel.length} weights do not make two equal halves of ${columns} columns`,
    );
  }
  const half = (firstRow: number): Float32Array =>
    Float32Array.from({ length: count * width }, (_, i) => {
      const [k, d] = [Math.floor(i / width), i % width];
      return kernel[(firstRow + d) * columns + k]!;
    });
  return { classIds, audio: half(0), video: half(width), bias: bias.slice(0, count), gate };
}

function products(weights: Float32Array, z: ArrayLike<number>, classes: number): number[] {
  const width = z.length;
  if (weights.length !== classes * width) {
    const hint = `the head holds ${weights.length} weights, ${classes} classes of a ${width} wide z need ${classes * width}`;
    throw new ShapeError('ERR_PROTOTYPE_WIDTH', hint);
  }
  const logits: number[] = [];
  for (let k = 0; k < classes; k++) {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += weights[k * width + d]! * z[d]!;
    logits.push(sum);
  }
  return logits;
}

/**
 * The head's logits in its own class order, split by modality.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH if a representation is of another width.
 */
export function headLogits(head: Head, zAudio: ArrayLike<number>, zVideo: ArrayLike<number>): HeadLogits {
  const classes = head.classIds.length;
  return {
    audio: products(head.audio, zAudio, classes),
    video: products(head.video, zVideo, classes),
    bias: [...head.bias],
  };
}

/** Whether the head was made for exactly these classes, in any order. */
export function headFits(head: Head, classIds: readonly string[]): boolean {
  const known = new Set(head.classIds);
  return known.size === classIds.length && classIds.every((id) => known.has(id));
}
