/** Backbones small enough to be made in a test: files as the TensorFlow.js converter and `model.save` write them, weights from a seed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';

import { random } from '../../src/random.ts';

type Attribute = Readonly<Record<string, unknown>>;
export type TinyNode = {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, Attribute>>;
};
export type TinyWeight = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly values: readonly number[] | Float32Array;
};

// Attributes are the JSON form of TensorFlow's AttrValue: text in base64, integers as text.
const text = (value: string): Attribute => ({ s: Buffer.from(value).toString('base64') });
const flag = (value: boolean): Attribute => ({ b: value });
const ints = (...values: readonly number[]): Attribute => ({ list: { i: values.map(String) } });
const shapeOf = (sides: readonly number[]): Attribute => ({
  shape: { dim: sides.map((size) => ({ size: String(size) })) },
});
const FLOAT: Attribute = { type: 'DT_FLOAT' };
const dtypeOf = (dtype: TinyWeight['dtype']): Attribute =>
  dtype === 'float32' ? FLOAT : { type: 'DT_INT32' };

export const placeholder = (name: string, shape: readonly number[], dtype: Attribute = FLOAT): TinyNode => ({
  name,
  op: 'Placeholder',
  attr: { dtype, shape: shapeOf(shape) },
});
const constant = ({ name, shape, dtype }: TinyWeight): TinyNode => ({
  name,
  op: 'Const',
  attr: {
    dtype: dtypeOf(dtype),
    value: { tensor: { dtype: dtypeOf(dtype).type, tensorShape: shapeOf(shape).shape } },
  },
});

function noise(name: string, ...shape: readonly number[]): TinyWeight {
  const source = random(7).fork(name);
  const length = shape.reduce((product, side) => product * side, 1);
  const scale = Math.sqrt(2 / (length / (shape.at(-1) ?? 1)));
  return {
    name,
    shape,
    dtype: 'float32',
    values: Float32Array.from({ length }, () => scale * source.normal()),
  };
}

export type TinyGraph = {
  readonly nodes: readonly TinyNode[];
  readonly weights: readonly TinyWeight[];
  /** Names of nodes, by the signature's names. */
  readonly outputs: Readonly<Record<string, string>>;
};

/** Writes a graph model. Gives the path of its model.json. */
export async function writeGraphModel(
  folder: string,
  { nodes, weights, outputs }: TinyGraph,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const bytes = weights.map(({ dtype, values }) =>
    dtype === 'float32'
      ? Buffer.from(Float32Array.from(values).buffer)
      : Buffer.from(Int32Array.from(values).buffer),
  );
  const inputs = nodes.filter(({ op }) => op === 'Placeholder');
  const json = {
    format: 'graph-model',
    generatedBy: '2.21.0',
    convertedBy: 'a test',
    signature: {
      inputs: Object.fromEntries(
        inputs.map(({ name, attr }) => [
          name,
          { name: `${name}:0`, dtype: attr?.dtype?.type, tensorShape: attr?.shape?.shape },
        ]),
      ),
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([key, node]) => [key, { name: `${node}:0`, dtype: 'DT_FLOAT' }]),
      ),
    },
    modelTopology: { node: [...nodes, ...weights.map(constant)], library: {}, versions: { producer: 1882 } },
    weightsManifest: [
      {
        paths: ['group1-shard1of1.bin'],
        weights: weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
      },
    ],
  };
  await writeFile(join(folder, 'group1-shard1of1.bin'), Buffer.concat(bytes));
  const file = join(folder, 'model.json');
  await writeFile(file, JSON.stringify(json));
  return file;
}

export type TinyImage = {
  readonly size?: number;
  /** The first thing that is done to the input, as converted models do it: `x * scale`. */
  readonly scale?: number;
  readonly embedding?: number;
};

/** Image [n, s, s, 3] to an embedding [n, E] (a convolution of stride 4, ReLU, mean), and to five scores. */
export function imageGraph({ size = 32, scale, embedding = 24 }: TinyImage = {}): TinyGraph {
  const kernel = noise('kernel', 5, 5, 3, embedding);
  const dense = noise('dense', embedding, 5);
  const axes: TinyWeight = { name: 'axes', shape: [2], dtype: 'int32', values: [1, 2] };
  const scaled: TinyWeight = { name: 'scale', shape: [], dtype: 'float32', values: [scale ?? 1] };
  const conv = {
    strides: ints(1, 4, 4, 1),
    padding: text('SAME'),
    data_format: text('NHWC'),
    dilations: ints(1, 1, 1, 1),
    T: FLOAT,
  };
  return {
    nodes: [
      placeholder('image', [-1, size, size, 3]),
      ...(scale === undefined
        ? []
        : [{ name: 'scaled', op: 'Mul', input: ['image', 'scale'], attr: { T: FLOAT } }]),
      { name: 'conv', op: 'Conv2D', input: [scale === undefined ? 'image' : 'scaled', 'kernel'], attr: conv },
      { name: 'relu', op: 'Relu', input: ['conv'], attr: { T: FLOAT } },
      {
        name: 'pooled',
        op: 'Mean',
        input: ['relu', 'axes'],
        attr: { keep_dims: flag(false), T: FLOAT, Tidx: { type: 'DT_INT32' } },
      },
      {
        name: 'scores',
        op: 'MatMul',
        input: ['pooled', 'dense'],
        attr: { transpose_a: flag(false), transpose_b: flag(false), T: FLOAT },
      },
    ],
    weights: [kernel, dense, axes, ...(scale === undefined ? [] : [scaled])],
    outputs: { scores: 'scores', embedding: 'pooled' },
  };
}

/** A waveform, cut into rows of 1200 samples, to an embedding for each [m, 16], and to scores [m, 20]: YAMNet's form. */
export function waveformGraph(shape: readonly number[] = [-1]): TinyGraph {
  const rows: TinyWeight = { name: 'rows', shape: [2], dtype: 'int32', values: [-1, 1200] };
  const matrix = { transpose_a: flag(false), transpose_b: flag(false), T: FLOAT };
  return {
    nodes: [
      placeholder('waveform', shape),
      {
        name: 'framed',
        op: 'Reshape',
        input: ['waveform', 'rows'],
        attr: { T: FLOAT, Tshape: { type: 'DT_INT32' } },
      },
      { name: 'heard', op: 'MatMul', input: ['framed', 'filters'], attr: matrix },
      { name: 'power', op: 'Square', input: ['heard'], attr: { T: FLOAT } },
      { name: 'scores', op: 'MatMul', input: ['power', 'dense'], attr: matrix },
    ],
    weights: [noise('filters', 1200, 16), noise('dense', 16, 20), rows],
    outputs: { output_0: 'scores', embeddings: 'power' },
  };
}

/** The same, with an operation that the WebAssembly backend does not have. */
export function spectralGraph(): TinyGraph {
  const length: TinyWeight = { name: 'length', shape: [1], dtype: 'int32', values: [512] };
  const rows: TinyWeight = { name: 'rows', shape: [2], dtype: 'int32', values: [-1, 400] };
  return {
    nodes: [
      placeholder('waveform', [-1]),
      {
        name: 'framed',
        op: 'Reshape',
        input: ['waveform', 'rows'],
        attr: { T: FLOAT, Tshape: { type: 'DT_INT32' } },
      },
      { name: 'spectrum', op: 'RFFT', input: ['framed', 'length'], attr: { Treal: FLOAT } },
      { name: 'magnitude', op: 'ComplexAbs', input: ['spectrum'], attr: { Tout: FLOAT } },
    ],
    weights: [length, rows],
    outputs: { magnitude: 'magnitude' },
  };
}

const seeded = (seed: number) => tf.initializers.glorotNormal({ seed });

/** A layers model on log-mel [n, 96, 64, 1], VGGish's form. Whatever backend `tf` has. */
export function writeMelLayers(folder: string, embedding = 20): Promise<string> {
  const convolution = { filters: 8, kernelSize: 5, strides: 4, kernelInitializer: seeded(5) };
  const layers = [
    tf.layers.conv2d({ inputShape: [96, 64, 1], ...convolution, activation: 'relu' }),
    tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
    tf.layers.dense({ units: embedding, name: 'embedding', kernelInitializer: seeded(6) }),
  ];
  return writeLayers(folder, tf.sequential({ layers }));
}

/** A layers model that scales its pictures [n, 48, 48, 3] itself, as Keras's do. */
export function writeImageLayers(folder: string): Promise<string> {
  const convolution = { filters: 8, kernelSize: 5, strides: 4, kernelInitializer: seeded(7) };
  const layers = [
    tf.layers.rescaling({ inputShape: [48, 48, 3], scale: 1 / 127.5, offset: -1 }),
    tf.layers.conv2d({ ...convolution, activation: 'relu', name: 'features' }),
    tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
  ];
  return writeLayers(folder, tf.sequential({ layers }));
}

/** As `model.save` writes it; ends the model. */
async function writeLayers(folder: string, model: tf.Sequential): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'model.json');
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const parts = Array.isArray(weightData) ? weightData : weightData ? [weightData] : [];
      await writeFile(join(folder, 'weights.bin'), Buffer.concat(parts.map((part) => Buffer.from(part))));
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await writeFile(file, JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  model.dispose();
  return file;
}
