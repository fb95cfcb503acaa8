/**
 * A TensorFlow SavedModel from recorded operations: the nodes, one signature, and nothing else.
 *
 * Field numbers are those of TensorFlow's `saved_model.proto`, `meta_graph.proto`, `graph.proto`, `node_def.proto`,
 * `attr_value.proto`, `tensor.proto`, `tensor_shape.proto` and `types.proto`.
 */
import type { Encoded } from './protobuf.ts';
import { float, integer, mapEntry, message, nested, string } from './protobuf.ts';

/** A value of one attribute of an operation. `type` is a TensorFlow `DataType` number. */
export type Attribute =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'type'; readonly value: number }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: ConstantValue };

/** A constant: its little-endian bytes, row by row. */
export type ConstantValue = {
  readonly type: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

/** One operation; `inputs` name other nodes, with `:i` for their later outputs. */
export type GraphNode = {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
};

/** One named input or output of the signature. */
export type Port = {
  readonly key: string;
  readonly node: string;
  readonly type: number;
  readonly shape: readonly number[];
};

export type Graph = {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
};

// The graph version of TensorFlow 2.9, the oldest library that we load: later ones accept it.
const PRODUCER = 1087;
const LIBRARY_VERSION = '2.9.1';

const shapeOf = (shape: readonly number[]): Encoded => message(...shape.map((d) => nested(2, integer(1, d))));

const tensorOf = ({ type, shape, bytes }: ConstantValue): Encoded =>
  message(integer(1, type), nested(2, shapeOf(shape)), nested(4, bytes));

function attributeOf(attribute: Attribute): Encoded {
  switch (attribute.kind) {
    case 'string':
      return string(2, attribute.value);
    case 'integer':
      return integer(3, attribute.value);
    case 'integers':
      return nested(1, message(...attribute.value.map((value) => integer(3, value))));
    case 'float':
      return float(4, attribute.value);
    case 'boolean':
      return integer(5, attribute.value ? 1 : 0);
    case 'type':
      return integer(6, attribute.value);
    case 'shape':
      return nested(7, shapeOf(attribute.value));
    case 'tensor':
      return nested(8, tensorOf(attribute.value));
  }
}

function nodeOf({ name, op, inputs, attributes }: GraphNode): Encoded {
  return message(
    string(1, name),
    string(2, op),
    ...inputs.map((input) => string(3, input)),
    ...Object.entries(attributes).map(([key, value]) => mapEntry(5, key, attributeOf(value))),
  );
}

const portOf = ({ node, type, shape }: Port): Encoded =>
  message(string(1, `${node}:0`), integer(2, type), nested(3, shapeOf(shape)));

function signatureOf({ inputs, outputs }: Graph): Encoded {
  return message(
    ...inputs.map((port) => mapEntry(1, port.key, portOf(port))),
    ...outputs.map((port) => mapEntry(2, port.key, portOf(port))),
    string(3, 'tensorflow/serving/predict'),
  );
}

/** The bytes of `saved_model.pb`, with the tag `serve` and the signature `serving_default`. */
export function encodeSavedModel(graph: Graph): Uint8Array {
  const nodes = graph.nodes.map((node) => nested(1, nodeOf(node)));
  const definition = message(...nodes, nested(4, integer(1, PRODUCER)));
  const meta = message(string(4, 'serve'), string(5, LIBRARY_VERSION));
  const metaGraph = message(
    nested(1, meta),
    nested(2, definition),
    mapEntry(5, 'serving_default', signatureOf(graph)),
  );
  return message(integer(1, 1), nested(2, metaGraph));
}
