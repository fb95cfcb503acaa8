/** What both gradient kernels need to know of the convolution whose gradient they are. */
import * as tf from '@tensorflow/tfjs';

/** One axis of a plain convolution: `input` positions, `output` positions, `kernel` taps, zeros `before` the first. */
export type Axis = {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
};

export type Convolution = {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly rows: Axis;
  readonly columns: Axis;
};

type Quad = [number, number, number, number];
type Padding = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

/** Four numbers out of a kernel's attributes. */
export function quad(value: unknown): Quad {
  if (!isNumbers(value) || value.length !== 4)
    throw new TypeError(`expected a shape of rank 4, got ${value}`);
  const [a = 0, b = 0, c = 0, d = 0] = value;
  return [a, b, c, d];
}

function stridesOf(value: unknown): [number, number] {
  if (typeof value === 'number') return [value, value];
  if (!isNumbers(value)) throw new TypeError(`expected strides, got ${value}`);
  return [value[0] ?? 1, value[1] ?? value[0] ?? 1];
}

const isRounding = (value: unknown): value is 'floor' | 'round' | 'ceil' =>
  value === 'floor' || value === 'round' || value === 'ceil';

function paddingOf(value: unknown): Padding {
  if (value === 'same' || value === 'valid' || typeof value === 'number') return value;
  if (!Array.isArray(value)) throw new TypeError(`expected a padding, got ${value}`);
  const sides = value.map((side: unknown): [number, number] => {
    if (!isNumbers(side)) throw new TypeError(`expected two sides, got ${side}`);
    return [side[0] ?? 0, side[1] ?? 0];
  });
  const [batch = [0, 0], rows = [0, 0], columns = [0, 0], channels = [0, 0]] = sides;
  return [batch, rows, columns, channels];
}

/** Reads the attributes of `Conv2DBackpropFilter` or `Conv2DBackpropInput`; NHWC, no dilation. */
export function convolutionOf(inputShape: Quad, filterShape: Quad, attrs: tf.NamedAttrMap): Convolution {
  if (attrs.dataFormat === 'NCHW') throw new TypeError('gradients of NCHW convolutions are not supported');
  const info = tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    stridesOf(attrs.strides),
    1,
    paddingOf(attrs.pad),
    isRounding(attrs.dimRoundingMode) ? attrs.dimRoundingMode : undefined,
  );
  const { top, bottom, left, right } = info.padInfo;
  return {
    batch: info.batchSize,
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    rows: {
      input: info.inHeight,
      output: info.outHeight,
      kernel: info.filterHeight,
      stride: info.strideHeight,
      before: top,
      after: bottom,
    },
    columns: {
      input: info.inWidth,
      output: info.outWidth,
      kernel: info.filterWidth,
      stride: info.strideWidth,
      before: left,
      after: right,
    },
  };
}
