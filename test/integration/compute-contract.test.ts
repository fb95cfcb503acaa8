/** What every backend must do alike: the same numbers, no leak, no answer that depends on its batch. */
import { readdir } from 'node:fs/promises';

import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ComputeBackend, Tensors } from '../../server/compute/backend.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { Embedder, EncoderWeights } from '../../server/compute/embedder.ts';
import { compileGraph, relativeError } from '../../server/compute/graph/compile.ts';
import type { EncoderSpec } from '../../src/model/encoders.ts';
import { audioEncoder, encode, initWeights, videoEncoder } from '../../src/model/encoders.ts';
import { random } from '../../src/random.ts';
import { sampleOf } from '../support/compute-windows.ts';

const SEED = 11;
// Float32 through five layers, summed in another order by each library.
const FORWARD_TOLERANCE = 1e-4;
const GRADIENT_TOLERANCE = 1e-3;

const names = (spec: EncoderSpec): string[] => initWeights(spec, random(SEED)).map((_, i) => `w${i}`);

/** The encoder's weights and two windows of noise, as a training graph would take them. */
function inputsOf(spec: EncoderSpec): Record<string, tf.Tensor> {
  const source = random(SEED).fork('windows');
  const size = 2 * spec.input.reduce((product, side) => product * side, 1);
  const x = Float32Array.from({ length: size }, () => source.normal());
  const weights = initWeights(spec, random(SEED)).map(
    ({ values, shape }, i) => [`w${i}`, tf.tensor(values, [...shape])] as const,
  );
  return { x: tf.tensor(x, [2, ...spec.input]), ...Object.fromEntries(weights) };
}

function representations(spec: EncoderSpec, inputs: Tensors): tf.Tensor2D {
  const weights = names(spec).map((name) => inputs[name] ?? tf.scalar(0));
  return encode(spec, (inputs.x ?? tf.scalar(0)).as4D(2, ...spec.input), weights);
}

/** Gradients of `mean(z^2) + logSumExp(z)` in every weight; the second term is what a softmax loss takes. */
function gradients(spec: EncoderSpec, inputs: Tensors): Record<string, tf.Tensor> {
  const keys = names(spec);
  const loss = (...weights: tf.Tensor[]): tf.Tensor => {
    const z = representations(spec, {
      ...inputs,
      ...Object.fromEntries(weights.map((w, i) => [`w${i}`, w])),
    });
    return z.square().mean().add(z.logSumExp(1).mean());
  };
  const found = tf.grads(loss)(keys.map((key) => inputs[key] ?? tf.scalar(0)));
  return Object.fromEntries(found.map((gradient, i) => [`w${i}`, gradient]));
}

async function run(
  backend: ComputeBackend,
  spec: EncoderSpec,
  fn: (spec: EncoderSpec, inputs: Tensors) => Record<string, tf.Tensor>,
): Promise<Record<string, Float32Array>> {
  const inputs = inputsOf(spec);
  const compiled = await backend.compile(`contract-${spec.modality}`, (given) => fn(spec, given), inputs);
  const outputs = compiled.run(inputs);
  const values = Object.entries(outputs).map(
    ([key, tensor]) => [key, Float32Array.from(tensor.dataSync())] as const,
  );
  tf.dispose([inputs, outputs]);
  compiled.dispose();
  return Object.fromEntries(values);
}

const z = (spec: EncoderSpec, inputs: Tensors): Record<string, tf.Tensor> => ({
  z: representations(spec, inputs),
});

/** Encoders of the same form that the pure JavaScript backend can train in a moment. */
const small: readonly EncoderSpec[] = [
  {
    ...audioEncoder,
    input: [21, 16, 2],
    convs: audioEncoder.convs.slice(1).map(({ stride }) => ({ stride, channels: 8 })),
  },
  {
    ...videoEncoder,
    input: [24, 23, 6],
    convs: videoEncoder.convs.slice(1).map(({ stride }) => ({ stride, channels: 9 })),
  },
];
const full = [audioEncoder, videoEncoder];

type Values = Readonly<Record<string, Float32Array>>;
type Expected = { readonly forward: Values; readonly gradients: Values };
const expected = new Map<EncoderSpec, Expected>();

/** The oracle for the small encoders is the pure JavaScript backend, which shares no kernel with any of the three. */
beforeAll(async () => {
  await tf.setBackend('cpu');
  const values = (named: Record<string, tf.Tensor>): Values =>
    Object.fromEntries(Object.entries(named).map(([k, t]) => [k, Float32Array.from(t.dataSync())]));
  for (const spec of small) {
    const inputs = inputsOf(spec);
    tf.tidy(() => {
      expected.set(spec, { forward: values(z(spec, inputs)), gradients: values(gradients(spec, inputs)) });
    });
    tf.dispose(inputs);
  }
});

function expectClose(wanted: Values, actual: Values, tolerance: number): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(wanted).sort());
  for (const [key, values] of Object.entries(wanted))
    expect(relativeError(values, actual[key] ?? []), key).toBeLessThan(tolerance);
}

const library = (await openBackend('graph')).report;
const missing = library.backend === 'wasm';
const note = missing ? ` (skipped: ${library.reason})` : '';

// wasm first: what it gives for the full encoders is what the others are held against.
describe.each(['wasm', 'eager', 'graph'] as const)('the %s backend', (kind) => {
  const skipped = kind !== 'wasm' && missing;
  let backend: ComputeBackend;
  let embedder: Embedder;
  let weights: EncoderWeights;

  beforeAll(async () => {
    if (skipped) return;
    backend = await openBackend(kind);
    embedder = await Embedder.open(backend);
    weights = new EncoderWeights(
      initWeights(audioEncoder, random(SEED)),
      initWeights(videoEncoder, random(SEED)),
    );
  });
  afterAll(() => {
    weights?.dispose();
    embedder?.dispose();
  });

  describe.skipIf(skipped)(`keeps the contract${skipped ? note : ''}`, () => {
    it.each(small)('gives the small $modality encoder’s numbers of the oracle', async (spec) => {
      const wanted = expected.get(spec);
      expectClose(wanted?.forward ?? {}, await run(backend, spec, z), FORWARD_TOLERANCE);
      expectClose(wanted?.gradients ?? {}, await run(backend, spec, gradients), GRADIENT_TOLERANCE);
    });

    it.each(full)('gives the same $modality representations and gradients as wasm', async (spec) => {
      const actual = { forward: await run(backend, spec, z), gradients: await run(backend, spec, gradients) };
      if (kind === 'wasm') expected.set(spec, actual);
      const wanted = expected.get(spec);
      expectClose(wanted?.forward ?? {}, actual.forward, FORWARD_TOLERANCE);
      expectClose(wanted?.gradients ?? {}, actual.gradients, GRADIENT_TOLERANCE);
    });

    it('answers a window alike, alone and in every place of every padded batch', () => {
      const samples = Array.from({ length: 16 }, (_, i) => sampleOf(i % 4, i));
      const alone = samples.map((sample) => embedder.embed(weights, [sample])[0]);
      for (const count of [2, 3, 5, 9, 16]) {
        embedder.embed(weights, samples.slice(0, count)).forEach((embedding, i) => {
          expect(relativeError(alone[i]?.zAudio ?? [], embedding.zAudio ?? [])).toBeLessThan(
            FORWARD_TOLERANCE,
          );
          expect(relativeError(alone[i]?.zVideo ?? [], embedding.zVideo ?? [])).toBeLessThan(
            FORWARD_TOLERANCE,
          );
        });
      }
    });

    it('keeps the sides of a mixed batch apart', () => {
      const samples = [sampleOf(0, 1), sampleOf(1, 2, 'audio'), sampleOf(2, 3, 'video'), sampleOf(3, 4)];
      const embeddings = embedder.embed(weights, samples);
      expect(embeddings.map(({ zAudio }) => zAudio !== null)).toEqual([true, true, false, true]);
      expect(embeddings.map(({ zVideo }) => zVideo !== null)).toEqual([true, false, true, true]);
      const last = embedder.embed(weights, samples.slice(3))[0];
      expect(relativeError(last?.zVideo ?? [], embeddings[3]?.zVideo ?? [])).toBeLessThan(FORWARD_TOLERANCE);
    });

    it('keeps the tensor count flat over 200 batches', () => {
      const sample = sampleOf(0, 1);
      embedder.embed(weights, [sample]);
      const before = backend.tensors();
      for (let i = 0; i < 200; i++) embedder.embed(weights, [sample]);
      expect(backend.tensors()).toBe(before);
    });

    it('takes other weights without another graph', () => {
      const other = new EncoderWeights(
        initWeights(audioEncoder, random(SEED + 1)),
        initWeights(videoEncoder, random(SEED + 1)),
      );
      const sample = sampleOf(0, 1);
      const [a] = embedder.embed(weights, [sample]);
      const [b] = embedder.embed(other, [sample]);
      const [again] = embedder.embed(weights, [sample]);
      other.dispose();
      expect(relativeError(a?.zAudio ?? [], b?.zAudio ?? [])).toBeGreaterThan(0.1);
      expect(again?.zAudio).toEqual(a?.zAudio);
    });

    it('gives an input that is handed through, and one output under two names, as tensors of their own', async () => {
      const x = tf.tensor1d([1, 2]);
      const compiled = await backend.compile(
        'through',
        ({ x: given = tf.scalar(0) }) => {
          const y = given.add(1);
          return { given, y, twice: y };
        },
        { x },
      );
      const outputs = compiled.run({ x });
      expect([...(outputs.given?.dataSync() ?? [])]).toEqual([1, 2]);
      expect([...(outputs.twice?.dataSync() ?? [])]).toEqual([1 + 1, 2 + 1]);
      tf.dispose(outputs);
      expect([...x.dataSync()]).toEqual([1, 2]);
      compiled.dispose();
      x.dispose();
    });

    it('has run as what was asked for, to the end', () => {
      expect(backend.report.backend).toBe(kind);
    });
  });
});

describe.skipIf(missing)(`graph mode${note}`, () => {
  let backend: ComputeBackend;
  beforeAll(async () => {
    backend = await openBackend('graph');
  });

  it('runs as a graph, with constants, attributes of every kind and several outputs', async () => {
    const x = tf.tensor2d([3, 1, 2, 6, 5, 4], [2, 3]);
    const compiled = await backend.compile(
      'mixed',
      ({ x: given = tf.scalar(0) }) => {
        const [left = given] = tf.split(given, 3, 1);
        const { values } = tf.topk(given, 2);
        const hot = tf.oneHot(tf.argMax(given, 1), 3).toFloat();
        return {
          left,
          values,
          hot,
          padded: tf.pad(
            given,
            [
              [0, 0],
              [1, 0],
            ],
            9,
          ),
          mask: given.greater(2),
        };
      },
      { x },
    );
    expect(compiled.mode).toBe('graph');
    const other = tf.tensor2d([1, 2, 3, 9, 8, 7], [2, 3]);
    const outputs = compiled.run({ x: other });
    expect([...(outputs.left?.dataSync() ?? [])]).toEqual([1, 9]);
    expect([...(outputs.values?.dataSync() ?? [])]).toEqual([3, 2, 9, 8]);
    expect([...(outputs.hot?.dataSync() ?? [])]).toEqual([0, 0, 1, 1, 0, 0]);
    expect([...(outputs.padded?.dataSync() ?? [])]).toEqual([9, 1, 2, 3, 9, 9, 8, 7]);
    expect([...(outputs.mask?.dataSync() ?? [])]).toEqual([0, 0, 1, 1, 1, 1]);
    tf.dispose([x, other, outputs]);
    compiled.dispose();
  });

  it('keeps two inputs apart that share their data when it is traced', async () => {
    const zero = tf.zeros([2]);
    const compiled = await backend.compile('shared', ({ a = zero, b = zero }) => ({ d: a.sub(b) }), {
      a: zero,
      b: zero,
    });
    const [a, b] = [tf.tensor1d([5, 6]), tf.tensor1d([1, 2])];
    const outputs = compiled.run({ a, b });
    expect([...(outputs.d?.dataSync() ?? [])]).toEqual([5 - 1, 6 - 2]);
    tf.dispose([zero, a, b, outputs]);
    compiled.dispose();
  });

  it('refuses a graph that gives other numbers, and leaves neither session, tensor nor folder', async () => {
    const x = tf.tensor1d([1, 2]);
    const seen: string[] = [];
    const before = tf.memory().numTensors;
    const compiling = compileGraph(
      'wrong',
      ({ x: given = x }) => ({ y: given.mul(2) }),
      { x },
      async (folder) => {
        seen.push(folder, ...(await readdir(folder)));
        return {
          predict: ({ x: given = x }) => ({ y: given.mul(2.01) }),
          dispose: () => seen.push('disposed'),
        };
      },
    );
    await expect(compiling).rejects.toMatchObject({ code: 'ERR_COMPUTE_TRACE' });
    expect(seen.slice(1)).toEqual(['saved_model.pb', 'disposed']);
    await expect(readdir(seen[0] ?? '')).rejects.toThrow('ENOENT');
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  // Last: the report stays with eager once a graph was not used.
  it('runs eagerly, and says so, where a function reads a value that a graph would freeze', async () => {
    const x = tf.tensor1d([4]);
    const frozen = await backend.compile(
      'frozen',
      ({ x: given = x }) => {
        const [value = 0] = given.add(1).dataSync();
        return { y: tf.scalar(value) };
      },
      { x },
    );
    expect(frozen.mode).toBe('eager');
    expect(backend.report.backend).toBe('eager');
    expect(backend.report.reason).toContain('frozen');
    const other = tf.tensor1d([8]);
    const { y } = frozen.run({ x: other });
    expect([...(y?.dataSync() ?? [])]).toEqual([8 + 1]);
    tf.dispose([x, other, y]);
  });
});
