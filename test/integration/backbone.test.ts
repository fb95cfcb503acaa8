/** Plugged-in backbones on every backend that this machine has: the same embeddings, and errors that say what to do. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  Backbone,
  type BackboneSetting,
  type BackboneWindow,
} from '../../server/compute/backbone/backbone.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { Embedder, EncoderWeights } from '../../server/compute/embedder.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import { type EncoderPair, initWeights } from '../../src/model/encoders.ts';
import { random } from '../../src/random.ts';
import { sampleOf } from '../support/compute-windows.ts';
import {
  imageGraph,
  spectralGraph,
  type TinyGraph,
  waveformGraph,
  writeGraphModel,
  writeImageLayers,
  writeMelLayers,
} from '../support/tiny-backbones.ts';

limitThreads();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-backbone-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const setting = (modality: 'audio' | 'video', model: string, more: Partial<BackboneSetting> = {}) => ({
  ...{ modality, model, range: null, output: null },
  ...more,
});
const graph = (name: string, made: TinyGraph): Promise<string> => writeGraphModel(join(folder, name), made);

const windowOf = (kind: number, seed: number): BackboneWindow => {
  const { mel, rgb } = sampleOf(kind, seed);
  const source = random(seed);
  return { mel, rgb, pcm: Float32Array.from({ length: 15_600 }, () => 0.1 * source.normal()) };
};
const WINDOWS = [windowOf(0, 1), windowOf(1, 2), windowOf(2, 3)];

async function embedded(wanted: BackboneSetting): Promise<readonly Float32Array[]> {
  const backbone = await Backbone.open(wanted);
  const tensors = tf.memory().numTensors;
  const all = backbone.embed(WINDOWS);
  expect(tf.memory().numTensors).toBe(tensors);
  const alone = WINDOWS.map((window) => backbone.embed([window])[0] ?? new Float32Array(0));
  all.forEach((values, i) => {
    expect(values).toHaveLength(backbone.form.width);
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(alone[i]?.[k] ?? Number.NaN, 4); // float32, sums in another order
    });
  });
  backbone.dispose();
  return all;
}

const seen = new Map<string, readonly Float32Array[]>();

describe.each(['wasm', 'auto'] as const)('a backbone on %s', (choice) => {
  beforeAll(async () => {
    await openBackend(choice);
  });

  it.each([
    [
      'a picture of a graph model',
      async () => setting('video', await graph('image', imageGraph({ scale: 2 }))),
    ],
    [
      'a picture of its own size',
      async () => setting('video', await graph('native', imageGraph({ size: 96 })), { range: '0..255' }),
    ],
    ['a waveform', async () => setting('audio', await graph('wave', waveformGraph()))],
    [
      'a waveform of fixed length',
      async () => setting('audio', await graph('wave-2', waveformGraph([1, 14_400]))),
    ],
    ['log-mel of a layers model', async () => setting('audio', await writeMelLayers(join(folder, 'mel')))],
    [
      'a picture of a layers model',
      async () => setting('video', await writeImageLayers(join(folder, 'keras'))),
    ],
    [
      'an inner layer',
      async () => setting('video', await writeImageLayers(join(folder, 'keras')), { output: 'features' }),
    ],
    ['an inner node', async () => setting('video', await graph('inner', imageGraph()), { output: 'relu' })],
  ] as const)('embeds %s, alone as in a batch, as every other backend does', async (name, make) => {
    const values = await embedded(await make());
    expect(values[0]).not.toEqual(values[1]);
    const other = seen.get(name);
    seen.set(name, values);
    for (const [i, one] of (other ?? []).entries())
      one.forEach((value, k) => {
        expect(Math.abs((values[i]?.[k] ?? Number.NaN) - value)).toBeLessThan(
          1e-3 * Math.max(1, Math.abs(value)),
        );
      });
  });

  it('reads range, output and width', async () => {
    const backbone = await Backbone.open(
      setting('video', await graph('bytes', imageGraph({ scale: 1 / 255, size: 48 }))),
    );
    expect(backbone.form).toEqual({
      input: { type: 'image', height: 48, width: 48, range: '0..255', dtype: 'float32', single: false },
      output: 'embedding',
      width: 24,
      why: expect.stringMatching(/scaled, is Mul by 0\.0039/),
    });
    expect(backbone.reads({ rgb: null, mel: WINDOWS[0]?.mel ?? null })).toBe(false);
    backbone.dispose();
    const layers = await Backbone.open(setting('video', await writeImageLayers(join(folder, 'keras'))));
    expect(layers.form).toMatchObject({ input: { height: 48, range: '0..255' }, width: 8 });
    expect(layers.form.why).toMatch(/multiplies by 0\.0078/);
    layers.dispose();
    const heard = await Backbone.open(setting('audio', await graph('wave', waveformGraph())));
    expect(heard.form).toMatchObject({ output: 'embeddings', width: 16, why: '' });
    expect(heard.reads({ rgb: null, mel: WINDOWS[0]?.mel ?? null, pcm: null })).toBe(false);
    heard.dispose();
  });

  it('stands before the adapter: a live window and its stored embedding come to the same, a missing sense to none', async () => {
    const backbones = {
      audio: await Backbone.open(setting('audio', await graph('wave', waveformGraph()))),
      video: await Backbone.open(setting('video', await graph('image', imageGraph({ scale: 2 })))),
    };
    const adapter = { hidden: 8, width: 96 };
    const specs: EncoderPair = {
      audio: { modality: 'audio', input: [backbones.audio.form.width], ...adapter },
      video: { modality: 'video', input: [backbones.video.form.width], ...adapter },
    };
    const embedder = await Embedder.open(await openBackend(choice), specs, backbones);
    const weights = new EncoderWeights(
      initWeights(specs.audio, random(1)),
      initWeights(specs.video, random(1)),
    );
    const { mel, rgb, older } = sampleOf(1, 2);
    const pcm = WINDOWS[0]?.pcm ?? null;
    const live = { mel, pcm, rgb, older };
    const [kept] = embedder.throughBackbones([live]);
    const nothing = { mel: null, rgb: null, older: null };
    const stored = {
      ...nothing,
      audioEmbedding: kept?.audio ? { values: kept.audio } : null,
      videoEmbedding: kept?.video ? { values: kept.video } : null,
    };
    const [z, again, heard, deaf] = embedder.embed(weights, [
      live,
      stored,
      { ...nothing, mel, pcm },
      { mel, rgb, older }, // sound whose samples are gone: its mel alone says nothing to a waveform backbone
    ]);
    for (const side of ['zAudio', 'zVideo'] as const)
      z?.[side]?.forEach((value, i) => {
        expect(value).toBeCloseTo(again?.[side]?.[i] ?? Number.NaN, 4);
      });
    expect([z?.zAudio?.length, z?.zVideo?.length]).toEqual([96, 96]);
    expect([heard?.zVideo, deaf?.zAudio]).toEqual([null, null]);
    expect(embedder.throughBackbones([nothing])).toEqual([{ audio: null, video: null }]);
    weights.dispose();
    embedder.dispose();
  });

  it('explains an output that is not there, an operation that does not exist, and numbers that are none', async () => {
    const image = imageGraph();
    const odd = {
      ...image,
      nodes: image.nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'Oddity' } : node)),
    };
    const [kernel, ...others] = image.weights;
    const huge = kernel ? [{ ...kernel, values: Float32Array.from(kernel.values, () => 1e38) }] : [];
    const infinite = { ...image, weights: [...huge, ...others] };
    const cases = [
      [
        setting('video', await graph('plain', image), { output: 'nowhere' }),
        'ERR_BACKBONE_OUTPUT',
        /"nowhere": it has scores, embedding/,
      ],
      [
        setting('video', await graph('odd', odd)),
        'ERR_BACKBONE_OPERATION',
        /Oddity, which TensorFlow\.js does not have/,
      ],
      [setting('video', await graph('infinite', infinite)), 'ERR_BACKBONE_NUMBERS', /--video-range/],
      [setting('audio', await graph('plain', image)), 'ERR_BACKBONE_INPUT', /--video-backbone/],
    ] as const;
    for (const [wanted, code, message] of cases)
      await expect(Backbone.open(wanted)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
  });

  it('runs a spectrum, or names the operation that the backend lacks', async () => {
    const wanted = setting('audio', await graph('spectral', spectralGraph()));
    if (tf.getBackend() === 'wasm') {
      const message = expect.stringMatching(
        /the operation \w+, which the wasm backend does not have: run on TensorFlow/,
      );
      await expect(Backbone.open(wanted)).rejects.toMatchObject({ code: 'ERR_BACKBONE_OPERATION', message });
    } else {
      const backbone = await Backbone.open(wanted);
      expect(backbone.form.width).toBe(201); // half of a row's 400 samples, and one
      backbone.dispose();
    }
  });
});
