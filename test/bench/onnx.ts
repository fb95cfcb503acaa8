/** An encoder as an ONNX model, written by hand, so that onnxruntime can be timed on the same network. */
import { integer, message, nested, string } from '../../server/compute/graph/protobuf.ts';
import type { EncoderSpec, NamedArray } from '../../src/model/encoders.ts';

// Field numbers are those of onnx.proto; opset 17 still has the axes of ReduceMean as an attribute.
const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;

type Attribute = { readonly name: string; readonly ints?: readonly number[]; readonly value?: number };
type Node = {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes?: readonly Attribute[];
};

const attributeOf = ({ name, ints, value }: Attribute): Uint8Array =>
  ints
    ? message(string(1, name), ...ints.map((i) => integer(8, i)), integer(20, 7))
    : message(string(1, name), integer(3, value ?? 0), integer(20, 2));

const nodeOf = ({ op, inputs, attributes = [] }: Node, output: string): Uint8Array =>
  message(
    ...inputs.map((input) => string(1, input)),
    string(2, output),
    string(4, op),
    ...attributes.map((attribute) => nested(5, attributeOf(attribute))),
  );

function initializer(name: string, shape: readonly number[], values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return message(...shape.map((d) => integer(1, d)), integer(2, FLOAT), string(8, name), nested(9, bytes));
}

function valueInfo(name: string, shape: readonly number[]): Uint8Array {
  const dims = message(...shape.map((d) => nested(1, integer(1, d))));
  return message(string(1, name), nested(2, nested(1, message(integer(1, FLOAT), nested(2, dims)))));
}

/** A kernel [rows, columns, in, out] in ONNX's order [out, in, rows, columns]. */
function transposed({ shape, values }: NamedArray): { shape: readonly number[]; values: Float32Array } {
  const [rows = 1, columns = 1, inputs = 1, outputs = 1] = shape;
  const made = new Float32Array(values.length);
  let from = 0;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      for (let i = 0; i < inputs; i++)
        for (let o = 0; o < outputs; o++)
          made[((o * inputs + i) * rows + r) * columns + c] = values[from++] ?? 0;
  return { shape: [outputs, inputs, rows, columns], values: made };
}

/** TensorFlow's SAME: the odd zero goes after. */
function samePadding(size: number, stride: number): readonly [number, number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + 3 - size);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

class Builder {
  readonly #nodes: Uint8Array[] = [];
  readonly #weights: Uint8Array[] = [];
  #count = 0;

  weight(shape: readonly number[], values: Float32Array): string {
    const name = `weight${this.#weights.length}`;
    this.#weights.push(nested(5, initializer(name, shape, values)));
    return name;
  }

  node(op: string, inputs: readonly string[], attributes: readonly Attribute[] = [], output = ''): string {
    const name = output || `value${this.#count++}`;
    this.#nodes.push(nested(1, nodeOf({ op, inputs, attributes }, name)));
    return name;
  }

  model(input: readonly number[], output: readonly number[]): Uint8Array {
    const graph = message(
      ...this.#nodes,
      string(2, 'encoder'),
      ...this.#weights,
      nested(11, valueInfo('x', input)),
      nested(12, valueInfo('z', output)),
    );
    const opset = message(string(1, ''), integer(2, OPSET));
    return message(integer(1, IR_VERSION), nested(7, graph), nested(8, opset));
  }
}

function normalized(builder: Builder, x: string, scale: string, shift: string): string {
  const axes: Attribute[] = [
    { name: 'axes', ints: [1, 2, 3] },
    { name: 'keepdims', value: 1 },
  ];
  const epsilon = builder.weight([], Float32Array.of(1e-5));
  const centred = builder.node('Sub', [x, builder.node('ReduceMean', [x], axes)]);
  const variance = builder.node('ReduceMean', [builder.node('Mul', [centred, centred])], axes);
  const deviation = builder.node('Sqrt', [builder.node('Add', [variance, epsilon])]);
  const scaled = builder.node('Mul', [centred, builder.node('Div', [scale, deviation])]);
  return builder.node('Relu', [builder.node('Add', [scaled, shift])]);
}

const arrayAt = (weights: readonly NamedArray[], i: number): NamedArray => {
  const found = weights[i];
  if (!found) throw new RangeError(`the encoder has no weight ${i}`);
  return found;
};

/** The bytes of a model with input `x` [batch, C, H, W] and output `z` [batch, D]. */
export function onnxOf(spec: EncoderSpec, weights: readonly NamedArray[], batch: number): Uint8Array {
  const builder = new Builder();
  let [height, width] = spec.input;
  let x = 'x';
  spec.convs.forEach(({ channels, stride }, i) => {
    const kernel = transposed(arrayAt(weights, 3 * i));
    const [down, along] = [samePadding(height, stride), samePadding(width, stride)];
    const convolved = builder.node(
      'Conv',
      [x, builder.weight(kernel.shape, kernel.values)],
      [
        { name: 'strides', ints: [stride, stride] },
        { name: 'pads', ints: [down[0], along[0], down[1], along[1]] },
        { name: 'kernel_shape', ints: [3, 3] },
      ],
    );
    const scale = builder.weight([1, channels, 1, 1], arrayAt(weights, 3 * i + 1).values);
    const shift = builder.weight([1, channels, 1, 1], arrayAt(weights, 3 * i + 2).values);
    x = normalized(builder, convolved, scale, shift);
    [height, width] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  });
  const pooled = builder.node(
    'Flatten',
    [builder.node('GlobalAveragePool', [x])],
    [{ name: 'axis', value: 1 }],
  );
  const dense = arrayAt(weights, weights.length - 2);
  const bias = arrayAt(weights, weights.length - 1);
  const inputs = [pooled, builder.weight(dense.shape, dense.values), builder.weight(bias.shape, bias.values)];
  builder.node('Gemm', inputs, [], 'z');
  return builder.model([batch, spec.input[2], spec.input[0], spec.input[1]], [batch, spec.width]);
}
