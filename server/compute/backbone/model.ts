/**
 * A TensorFlow.js model out of its files, as one thing whichever of the two forms it has: what it takes, what it gives, and a call.
 * Reads files by itself, because the WebAssembly backend knows no `file://`. It runs in tfjs's own executor, never in our graphs.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';

import type { Modality } from '../../../proto/messages.ts';
import { BackboneError } from '../../errors.ts';
import { weightFilesOf } from './files.ts';
import { type FoundRange, type GraphNode, graphRange, type Layer, layersRange } from './range.ts';
import type { Declared } from './shapes.ts';

/** A model that is open. */
export interface OpenModel {
  readonly inputs: readonly Declared[];
  /** Names of its outputs. */
  readonly outputs: readonly string[];
  /** The range that its file hints at, for pictures. */
  readonly range: FoundRange;
  /** Runs it; the caller owns the results. An inner node or layer may be named too. @throws whatever tfjs throws */
  run(x: tf.Tensor, outputs: readonly string[]): readonly tf.Tensor[];
  /** Idempotent. */
  dispose(): void;
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** A field of something read from JSON. */
const field = (value: unknown, key: string): unknown => Reflect.get(Object(value), key);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

async function artifactsOf(path: string): Promise<tf.io.ModelArtifacts> {
  const text = await readFile(path, 'utf8');
  const json: tf.io.ModelJSON = JSON.parse(text);
  const names = weightFilesOf(text, path);
  const parts = await Promise.all(names.map((name) => readFile(join(dirname(path), name))));
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0)); // not a view of Node's pool
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const weightSpecs = json.weightsManifest.flatMap(({ weights }) => weights);
  return tf.io.getModelArtifactsForJSONSync(json, weightSpecs, bytes.buffer);
}

/** Opens the model at `path`, a model.json. @throws {BackboneError} ERR_BACKBONE_FORMAT where tfjs cannot make a model of it. */
export async function openModel(modality: Modality, path: string): Promise<OpenModel> {
  try {
    const artifacts = await artifactsOf(path);
    const handler = { load: () => Promise.resolve(artifacts) };
    return field(artifacts.modelTopology, 'node')
      ? graphModel(await tf.loadGraphModel(handler), artifacts)
      : layersModel(await tf.loadLayersModel(handler));
  } catch (cause) {
    if (cause instanceof BackboneError) throw cause;
    const seen = `the ${modality} backbone ${path} cannot be opened (${messageOf(cause)})`;
    const remedy =
      'convert it again as a graph model, tensorflowjs_converter --output_format=tfjs_graph_model';
    throw new BackboneError(
      'ERR_BACKBONE_FORMAT',
      `${seen}, expected a graph model or a layers model: ${remedy}`,
      {
        cause,
      },
    );
  }
}

/** Nodes by the names that the signature gives its outputs. */
function signatureOf({ signature, userDefinedMetadata }: tf.io.ModelArtifacts): ReadonlyMap<string, string> {
  const outputs = field(signature ?? field(userDefinedMetadata, 'signature'), 'outputs');
  return new Map(
    Object.entries(Object(outputs)).map(([name, output]) => [
      name,
      String(field(output, 'name')).replace(/:0$/, ''),
    ]),
  );
}

function graphModel(model: tf.GraphModel, artifacts: tf.io.ModelArtifacts): OpenModel {
  const nodes = signatureOf(artifacts);
  const names = new Map([...nodes].map(([name, node]) => [node, name]));
  return {
    inputs: model.inputs.map(({ name, shape, dtype }) => ({ name, shape: shape ?? null, dtype })),
    outputs: model.outputs.map(({ name }) => names.get(name) ?? name),
    range: graphRange(nodesOf(artifacts), (name) => constantOf(artifacts, name)),
    run: (x, outputs) => {
      const out = model.execute(
        x,
        outputs.map((name) => nodes.get(name) ?? name),
      );
      return Array.isArray(out) ? out : [out];
    },
    dispose: () => model.dispose(),
  };
}

function nodesOf({ modelTopology }: tf.io.ModelArtifacts): readonly GraphNode[] {
  return listOf(field(modelTopology, 'node')).map((node) => ({
    name: String(field(node, 'name')),
    op: String(field(node, 'op')),
    input: listOf(field(node, 'input')).map(String),
  }));
}

/** The first number of a weight. */
function constantOf({ weightSpecs = [], weightData }: tf.io.ModelArtifacts, name: string): number | null {
  if (!(weightData instanceof ArrayBuffer)) return null;
  let at = 0;
  for (const spec of weightSpecs) {
    if (spec.name === name)
      return spec.dtype === 'float32' && !spec.quantization
        ? new DataView(weightData).getFloat32(at, true)
        : null;
    at += spec.shape.reduce((product, side) => product * side, bytesOf(spec));
  }
  return null;
}

function bytesOf({ dtype, quantization }: tf.io.WeightsManifestEntry): number {
  const stored = quantization?.dtype ?? dtype;
  if (stored === 'uint8' || stored === 'bool') return 1;
  return stored === 'uint16' || stored === 'float16' ? 2 : 4;
}

function layersModel(model: tf.LayersModel): OpenModel {
  const extractors = new Map<string, tf.LayersModel>();
  const extractorOf = (name: string): tf.LayersModel => {
    const known = extractors.get(name);
    if (known) return known;
    const made = tf.model({ inputs: model.inputs, outputs: model.getLayer(name).output });
    extractors.set(name, made);
    return made;
  };
  return {
    inputs: model.inputs.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    // A sequential model names none: its last layer's is the one.
    outputs: model.outputNames.length > 0 ? model.outputNames : [model.layers.at(-1)?.name ?? ''],
    range: layersRange(model.layers.map(layerOf), model.name),
    run: (x, outputs) =>
      outputs.flatMap((name) => {
        const out = extractorOf(name).predict(x);
        return Array.isArray(out) ? out : [out];
      }),
    dispose: () => {
      model.dispose();
    },
  };
}

function layerOf(layer: tf.layers.Layer): Layer {
  const { scale } = layer.getConfig();
  return {
    className: layer.getClassName(),
    name: layer.name,
    scale: typeof scale === 'number' ? scale : null,
  };
}
