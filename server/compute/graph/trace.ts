/**
 * The graph tracer: runs a function once on tfjs-node, records every operation that passes through the backend, and
 * gives the recording as a graph whose inputs are the function's.
 *
 * What a graph cannot follow becomes a constant: a JavaScript number, a tensor made inside the function, randomness.
 * So learning rates, masks and noise must come in as inputs. Reading an input or anything computed from one in
 * JavaScript would freeze this run's value, and is refused while recording.
 */
import * as tf from '@tensorflow/tfjs';

import { ComputeError } from '../../errors.ts';
import type { Attribute, Graph, GraphNode, Port } from './saved-model.ts';
import type { OpAttribute, TensorFlowBackend } from './tensorflow.ts';
import { isTensorFlowBackend } from './tensorflow.ts';

export type Tensors = Readonly<Record<string, tf.Tensor>>;
/** Borrows its inputs; its outputs belong to the caller. Must be a pure function of tensors with static shapes. */
export type TensorFunction = (inputs: Tensors) => Record<string, tf.Tensor>;

export type Recording = {
  readonly graph: Graph;
  /** What the recorded run gave, eagerly. The caller owns them. */
  readonly outputs: Record<string, tf.Tensor>;
};

/** TensorFlow's `DataType` numbers of the three types that we trace. */
const DATA_TYPES: Readonly<Record<string, number>> = { float32: 1, int32: 3, bool: 10 };

function dataType({ dtype }: tf.TensorInfo): number {
  const type = DATA_TYPES[dtype];
  if (type === undefined) {
    throw new ComputeError(
      'ERR_COMPUTE_TRACE',
      `a ${dtype} tensor in a traced function: use float32, int32 or bool`,
    );
  }
  return type;
}

function bytesOf(values: unknown): Uint8Array {
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array)
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  throw new ComputeError('ERR_COMPUTE_TRACE', 'a constant of a traced function is not numeric');
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

/** Collects nodes while the function runs. Tensors are known by their data, which views of them share. */
class Recorder {
  readonly nodes: GraphNode[] = [];
  readonly #backend: TensorFlowBackend;
  readonly #read: TensorFlowBackend['readSync'];
  readonly #names = new Map<object, string>();
  readonly #constants = new Set<object>();
  #depth = 0;

  constructor(backend: TensorFlowBackend) {
    this.#backend = backend;
    this.#read = backend.readSync.bind(backend);
  }

  input(name: string, tensor: tf.Tensor): Port {
    const type = dataType(tensor);
    const attributes: Record<string, Attribute> = {
      dtype: { kind: 'type', value: type },
      shape: { kind: 'shape', value: tensor.shape },
    };
    const node = `in${this.nodes.length}`;
    this.nodes.push({ name: node, op: 'Placeholder', inputs: [], attributes });
    this.#names.set(tensor.dataId, node);
    return { key: name, node, type, shape: tensor.shape };
  }

  output(name: string, tensor: tf.Tensor): Port {
    const type = dataType(tensor);
    const node = `out${this.nodes.length}`;
    const inputs = [this.#nameOf(tensor)];
    this.nodes.push({ name: node, op: 'Identity', inputs, attributes: { T: { kind: 'type', value: type } } });
    return { key: name, node, type, shape: tensor.shape };
  }

  /** Runs one operation; records it unless it is part of another that is being recorded. */
  operation<T extends tf.Tensor | tf.Tensor[]>(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    execute: () => T,
  ): T {
    const names = inputs.map((input) => this.#nameOf(input));
    this.#depth++;
    let result: T;
    try {
      result = execute();
    } finally {
      this.#depth--;
    }
    if (this.#depth === 0)
      this.#record(op, attributes ?? [], names, Array.isArray(result) ? result : [result]);
    return result;
  }

  /** A read from JavaScript: only constants may be read, for their value is the same in every run. */
  read(dataId: object): unknown {
    if (this.#names.has(dataId) && !this.#constants.has(dataId)) {
      const hint =
        'the function reads a computed value in JavaScript, which would freeze it: keep it a tensor';
      throw new ComputeError('ERR_COMPUTE_TRACE', hint);
    }
    return this.#read(dataId);
  }

  #record(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly string[],
    outputs: readonly tf.Tensor[],
  ): void {
    const name = `n${this.nodes.length}`;
    const converted = attributes.map((attribute): [string, Attribute] => [
      attribute.name,
      this.#attribute(op, attribute),
    ]);
    this.nodes.push({ name, op, inputs, attributes: Object.fromEntries(converted) });
    outputs.forEach((output, i) => {
      this.#names.set(output.dataId, i === 0 ? name : `${name}:${i}`);
    });
  }

  #nameOf(tensor: tf.TensorInfo): string {
    const known = this.#names.get(tensor.dataId);
    if (known) return known;
    const type = dataType(tensor);
    const bytes = bytesOf(this.#read(tensor.dataId));
    const name = `c${this.nodes.length}`;
    const attributes: Record<string, Attribute> = {
      dtype: { kind: 'type', value: type },
      value: { kind: 'tensor', value: { type, shape: tensor.shape, bytes } },
    };
    this.nodes.push({ name, op: 'Const', inputs: [], attributes });
    this.#names.set(tensor.dataId, name);
    this.#constants.add(tensor.dataId);
    return name;
  }

  #attribute(op: string, { name, type, value }: OpAttribute): Attribute {
    const { binding } = this.#backend;
    if (type === binding.TF_ATTR_STRING && typeof value === 'string') return { kind: 'string', value };
    if (type === binding.TF_ATTR_INT && isNumbers(value)) return { kind: 'integers', value };
    if (type === binding.TF_ATTR_INT && typeof value === 'number') return { kind: 'integer', value };
    if (type === binding.TF_ATTR_FLOAT && typeof value === 'number') return { kind: 'float', value };
    if (type === binding.TF_ATTR_BOOL && typeof value === 'boolean') return { kind: 'boolean', value };
    if (type === binding.TF_ATTR_TYPE && typeof value === 'number') return { kind: 'type', value };
    if (type === binding.TF_ATTR_SHAPE && isNumbers(value)) return { kind: 'shape', value };
    throw new ComputeError(
      'ERR_COMPUTE_TRACE',
      `attribute ${name} of ${op} has a form that the tracer does not know`,
    );
  }
}

/** Runs `body` with the recorder standing before the backend's own methods. */
function recording<T>(backend: TensorFlowBackend, recorder: Recorder, body: () => T): T {
  const { executeSingleOutput: single, executeMultipleOutputs: multiple } = backend;
  const own: TensorFlowBackend = {
    binding: backend.binding,
    executeSingleOutput: (op, attributes, inputs) =>
      recorder.operation(op, attributes, inputs, () => single.call(backend, op, attributes, inputs)),
    executeMultipleOutputs: (op, attributes, inputs, count) =>
      recorder.operation(op, attributes, inputs, () => multiple.call(backend, op, attributes, inputs, count)),
    readSync: (dataId) => recorder.read(dataId),
  };
  const names = ['executeSingleOutput', 'executeMultipleOutputs', 'readSync'] as const;
  for (const name of names) Reflect.set(backend, name, own[name]);
  try {
    return body();
  } finally {
    // The methods are the prototype's: without our own in front of them they are back.
    for (const name of names) Reflect.deleteProperty(backend, name);
  }
}

// Each input gets data of its own, so that two inputs that share it now stay two inputs.
const copyOf = (tensor: tf.Tensor): tf.Tensor =>
  tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype);

/**
 * Records `fn` on copies of `examples`, whose shapes and types become the graph's. The tensorflow backend must be
 * the one in use.
 *
 * @throws {ComputeError} ERR_COMPUTE_TRACE where `fn` cannot be a graph.
 */
export function trace(fn: TensorFunction, examples: Tensors): Recording {
  const backend: unknown = tf.backend();
  if (!isTensorFlowBackend(backend)) {
    throw new ComputeError(
      'ERR_COMPUTE_TRACE',
      'the backend in use is not a tfjs-node that the tracer knows',
    );
  }
  const recorder = new Recorder(backend);
  let inputs: Port[] = [];
  let outputs: Port[] = [];
  const results = tf.tidy((): Record<string, tf.Tensor> => {
    const copies = Object.fromEntries(Object.entries(examples).map(([name, t]) => [name, copyOf(t)]));
    inputs = Object.entries(copies).map(([name, tensor]) => recorder.input(name, tensor));
    const made = recording(backend, recorder, () => fn(copies));
    outputs = Object.entries(made).map(([name, tensor]) => recorder.output(name, tensor));
    return made;
  });
  return { graph: { nodes: recorder.nodes, inputs, outputs }, outputs: results };
}
