/** One backend in a process of its own, timed on request: `node compute-worker.ts KIND [ONNXRUNTIME]`. */
import { createRequire } from 'node:module';

import * as tf from '@tensorflow/tfjs';

import type { Compiled, Tensors } from '../../server/compute/backend.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import type { EncoderSpec } from '../../src/model/encoders.ts';
import { audioEncoder, encode, initWeights, videoEncoder } from '../../src/model/encoders.ts';
import { random } from '../../src/random.ts';
import { onnxOf } from './onnx.ts';

export type BenchCase = {
  readonly modality: 'audio' | 'video';
  readonly batch: number;
  readonly work: 'answer' | 'train';
};
export type BenchReply = { readonly wallMs: number; readonly cpuMs: number } | { readonly error: string };

const [, , kind = 'wasm', runtime = ''] = process.argv;
const SEED = 5;
const RATE = 1e-3;

type Work = () => unknown;
type OrtSession = { run(feeds: object): Promise<Record<string, { readonly data: Float32Array }>> };
type Ort = {
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => object;
};

function noise(spec: EncoderSpec, batch: number): Float32Array {
  const source = random(SEED);
  const size = batch * spec.input.reduce((product, side) => product * side, 1);
  return Float32Array.from({ length: size }, () => source.normal());
}

function weightsOf(spec: EncoderSpec): readonly tf.Tensor[] {
  return initWeights(spec, random(SEED)).map(({ values, shape }) => tf.tensor(values, [...shape]));
}

function forward(spec: EncoderSpec, inputs: Tensors, weights: readonly tf.Tensor[]): tf.Tensor2D {
  const { x = tf.scalar(0) } = inputs;
  return encode(spec, x.as4D(x.shape[0] ?? 1, ...spec.input), weights);
}

/** Forward, or forward, backward and a gradient step on every weight; the data goes in and the result comes out. */
async function tensorWork(spec: EncoderSpec, { batch, work }: BenchCase): Promise<Work> {
  const weights = weightsOf(spec);
  const named = Object.fromEntries(weights.map((w, i) => [`w${i}`, w]));
  const keys = Object.keys(named);
  const taken = (inputs: Tensors): tf.Tensor[] => keys.map((key) => inputs[key] ?? tf.scalar(0));
  const step = (inputs: Tensors): Record<string, tf.Tensor> => {
    const loss = (...ws: tf.Tensor[]): tf.Tensor => forward(spec, inputs, ws).square().mean();
    const gradients = tf.grads(loss)(taken(inputs));
    return Object.fromEntries(
      gradients.map((gradient, i) => [`w${i}`, (inputs[`w${i}`] ?? gradient).sub(gradient.mul(RATE))]),
    );
  };
  const data = noise(spec, batch);
  const example = tf.tensor(data, [batch, ...spec.input]);
  const fn = work === 'train' ? step : (inputs: Tensors) => ({ z: forward(spec, inputs, taken(inputs)) });
  const compiled: Compiled = await backend.compile(`${spec.modality}-${work}-${batch}`, fn, {
    x: example,
    ...named,
  });
  const read = work === 'train' ? 'w0' : 'z';
  return () => {
    const x = tf.tensor(data, [batch, ...spec.input]);
    const outputs = compiled.run({ x, ...named });
    const values = outputs[read]?.dataSync();
    tf.dispose([x, outputs]);
    return values;
  };
}

async function ortWork(spec: EncoderSpec, { batch, work }: BenchCase): Promise<Work> {
  if (work === 'train') throw new Error('the npm package cannot train');
  const ort: Ort = createRequire(import.meta.url)(runtime);
  const model = onnxOf(spec, initWeights(spec, random(SEED)), batch);
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  });
  const dims = [batch, spec.input[2], spec.input[0], spec.input[1]];
  const data = channelsFirst(spec, batch, noise(spec, batch));
  return async () => (await session.run({ x: new ort.Tensor('float32', data, dims) })).z?.data;
}

function channelsFirst(spec: EncoderSpec, batch: number, from: Float32Array): Float32Array {
  const [height, width, channels] = spec.input;
  const made = new Float32Array(from.length);
  for (let b = 0; b < batch; b++)
    for (let p = 0; p < height * width; p++)
      for (let c = 0; c < channels; c++)
        made[(b * channels + c) * height * width + p] = from[(b * height * width + p) * channels + c] ?? 0;
  return made;
}

limitThreads();
const backend = await openBackend(kind === 'graph' || kind === 'eager' ? kind : 'wasm');
const prepared = new Map<string, Promise<Work>>();

function workOf(wanted: BenchCase): Promise<Work> {
  const key = JSON.stringify(wanted);
  const spec = wanted.modality === 'audio' ? audioEncoder : videoEncoder;
  const known = prepared.get(key) ?? (runtime ? ortWork(spec, wanted) : tensorWork(spec, wanted));
  prepared.set(key, known);
  return known;
}

async function time(wanted: BenchCase): Promise<BenchReply> {
  if (!runtime && backend.report.backend !== kind) return { error: backend.report.reason };
  const work = await workOf(wanted);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1e3 };
}

/** The first values, so that the bench can see that all compute the same. */
async function sample(wanted: BenchCase): Promise<number[]> {
  const values = await (await workOf(wanted))();
  return values instanceof Float32Array ? [...values.slice(0, 96)] : [];
}

const isCase = (message: unknown): message is BenchCase & { readonly ask: 'time' | 'sample' } =>
  typeof message === 'object' && message !== null && 'ask' in message;

process.on('message', (message: unknown) => {
  if (!isCase(message)) return;
  const { ask, ...wanted } = message;
  (ask === 'time' ? time(wanted) : sample(wanted)).then(
    (reply) => process.send?.(reply),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
