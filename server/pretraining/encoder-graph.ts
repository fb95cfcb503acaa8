/** One encoder made ready to run over many windows, with weights that change. */
import * as tf from '@tensorflow/tfjs';

import { type EncoderSpec, encode, type NamedArray } from '../../src/model/encoders.ts';
import { inputSize, type Material } from '../../src/pretraining/material.ts';
import type { Rows } from '../../src/pretraining/probe.ts';
import type { Compiled, ComputeBackend } from '../compute/backend.ts';

const ROWS = 32;

const weightTensors = (weights: readonly NamedArray[]): Record<string, tf.Tensor> =>
  Object.fromEntries(weights.map(({ values, shape }, i) => [`w${i}`, tf.tensor(values, [...shape])]));

/** Owns its graph; `dispose` ends it. */
export class EncoderGraph<Window> {
  readonly #material: Material<Window>;
  readonly #compiled: Compiled;
  readonly #batch: Float32Array;

  private constructor(material: Material<Window>, compiled: Compiled) {
    this.#material = material;
    this.#compiled = compiled;
    this.#batch = new Float32Array(ROWS * inputSize(material.encoder));
  }

  /** @param weights any of the encoder's, for the graph's check of itself. */
  static async open<Window>(
    material: Material<Window>,
    backend: ComputeBackend,
    weights: readonly NamedArray[],
  ): Promise<EncoderGraph<Window>> {
    const { encoder } = material;
    const numbers = Float32Array.from({ length: ROWS * inputSize(encoder) }, (_, i) => Math.sin(i));
    const x = tf.tensor(numbers, [ROWS, ...encoder.input]);
    const inputs = weightTensors(weights);
    try {
      const name = `probe-${encoder.modality}`;
      const compiled = await backend.compile(name, forward(encoder, weights.length), { ...inputs, x });
      return new EncoderGraph(material, compiled);
    } finally {
      tf.dispose([x, inputs]);
    }
  }

  /** Representations of `windows`, in their order. */
  embed(weights: readonly NamedArray[], windows: readonly Window[]): Rows {
    const inputs = weightTensors(weights);
    const rows: Float32Array[] = [];
    for (let from = 0; from < windows.length; from += ROWS)
      rows.push(...this.#embedBatch(inputs, windows.slice(from, from + ROWS)));
    tf.dispose(inputs);
    return rows;
  }

  dispose(): void {
    this.#compiled.dispose();
  }

  #embedBatch(inputs: Record<string, tf.Tensor>, windows: readonly Window[]): Rows {
    const { encoder, planesInto } = this.#material;
    windows.forEach((window, i) => {
      planesInto(this.#batch, i * inputSize(encoder), window);
    });
    const x = tf.tensor(this.#batch, [ROWS, ...encoder.input]);
    const outputs = this.#compiled.run({ ...inputs, x });
    const values = outputs.z?.dataSync() ?? [];
    tf.dispose([x, outputs]);
    return windows.map((_, i) => Float32Array.from(values.slice(i * encoder.width, (i + 1) * encoder.width)));
  }
}

function forward(encoder: EncoderSpec, count: number) {
  return (inputs: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> => {
    const weights = Array.from({ length: count }, (_, i) => inputs[`w${i}`] ?? []).flat();
    const { x } = inputs;
    if (!x) throw new TypeError('the encoder graph takes an input named x');
    return { z: encode(encoder, x.as4D(ROWS, ...encoder.input), weights) };
  };
}
