import { createHash } from 'node:crypto';

import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';

import { FUSION_NAMES, type FusionName } from '../../../proto/fusions.ts';
import { answer } from '../../../src/model/answer.ts';
import {
  type Checkpoint,
  type CheckpointFiles,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../../../src/model/checkpoint.ts';
import { createClassifier, learn, observe } from '../../../src/model/classifier.ts';
import { audioEncoder, initWeights, videoEncoder } from '../../../src/model/encoders.ts';
import { type Head, headWeights, servedShape, sizeOf } from '../../../src/model/head.ts';
import { type Random, random } from '../../../src/random.ts';
import { labelOf, WIDTH, windowOf } from './representations.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const reading = { featureHash: 'features-1', sha256 };

const draw = (length: number, source: Random): Float32Array =>
  Float32Array.from({ length }, () => source.normal());

function exampleHead(fusion: FusionName, source: Random): Head {
  const weights = headWeights(fusion, WIDTH).map((weight): [string, Float32Array] => {
    const length = sizeOf(servedShape(weight, 2));
    return [weight.name, weight.name === 'head/bias' ? Float32Array.of(0.5, -0.5) : draw(length, source)];
  });
  return { fusion, classIds: ['a', 'b'], weights: Object.fromEntries(weights), gate: 0.25 };
}

function example(fusion: FusionName = 'concat'): Checkpoint {
  const source = random(1);
  const head = exampleHead(fusion, source);
  const heldOut = { fused: 0.9, audio: 0.8, video: 1 / 3, windows: 11 };
  let classifier = createClassifier({ width: WIDTH, modelVersion: 7, classIds: ['a', 'b'], head, heldOut });
  const names = ['a', 'b'];
  names.forEach((name, i) => {
    const samples = [0, 1, 2].map((at) => windowOf({ audio: name, video: name, at }, source));
    for (const sample of samples) classifier = observe(classifier, sample);
    classifier = learn(classifier, labelOf(i + 1, name), samples);
    classifier = learn(classifier, labelOf(i + 3, name, { kind: 'not-class' }), [
      windowOf({ audio: 'x' }, source),
    ]);
  });
  classifier = learn(classifier, labelOf(9, null), [windowOf({ video: 'y' }, source)]);
  return {
    featureHash: 'features-1',
    fusion,
    encoders: {
      audio: initWeights(audioEncoder, random(2)),
      video: initWeights(videoEncoder, random(3)),
    },
    classifier,
    notes: { seed: 4, verdict: 'not worse', backend: 'graph', thin: true, round: null },
  };
}

const text = (files: CheckpointFiles, name: string): string => new TextDecoder().decode(files.get(name));
const withFile = (files: CheckpointFiles, name: string, content: string): CheckpointFiles =>
  new Map(files).set(name, new TextEncoder().encode(content));

describe('encodeCheckpoint and decodeCheckpoint', () => {
  it('give back the same checkpoint, to the bit, and the same answers', async () => {
    const checkpoint = example();
    const restored = await decodeCheckpoint(await encodeCheckpoint(checkpoint, sha256), reading);
    expect(restored).toEqual(checkpoint);
    const window = windowOf({ audio: 'a', video: 'b' }, random(8));
    expect(answer(restored.classifier, window)).toEqual(answer(checkpoint.classifier, window));
  });

  it.each(FUSION_NAMES)('give back a head of %s fusion, to the bit, and its fusion', async (fusion) => {
    const checkpoint = example(fusion);
    const files = await encodeCheckpoint(checkpoint, sha256);
    const restored = await decodeCheckpoint(files, reading);
    expect(restored).toEqual(checkpoint);
    const window = windowOf({ audio: 'a', video: 'b' }, random(9));
    expect(answer(restored.classifier, window)).toEqual(answer(checkpoint.classifier, window));
    // What was written before there were others names none: concat still does not.
    expect(text(files, 'manifest.json').includes('"fusion"')).toBe(fusion !== 'concat');
  });

  it('keep the fusion of a version that has no head yet', async () => {
    const { classifier, ...rest } = example('film');
    const checkpoint: Checkpoint = { ...rest, classifier: { ...classifier, head: null } };
    const restored = await decodeCheckpoint(await encodeCheckpoint(checkpoint, sha256), reading);
    expect([restored.fusion, restored.classifier.head]).toEqual(['film', null]);
  });

  it('refuse a fusion that is not known, and a head of another than the manifest says', async () => {
    const files = await encodeCheckpoint(example('film'), sha256);
    const saying = (fusion: string): CheckpointFiles =>
      withFile(files, 'manifest.json', text(files, 'manifest.json').replace('"film"', `"${fusion}"`));
    await expect(decodeCheckpoint(saying('mixed'), reading)).rejects.toThrow(
      /fusion is "mixed", this program knows concat, sum, film, gated/,
    );
    await expect(decodeCheckpoint(saying('gated'), reading)).rejects.toThrow(
      /says gated fusion, the head is made for film/,
    );
  });

  it('make the same files from the same checkpoint', async () => {
    const digests = async () => [...(await encodeCheckpoint(example(), sha256)).values()].map(sha256);
    expect(await digests()).toEqual(await digests());
  });

  it('give back a first version without head, labels or held-out accuracy', async () => {
    const checkpoint = { ...example(), classifier: createClassifier({ width: WIDTH, modelVersion: 0 }) };
    expect(await decodeCheckpoint(await encodeCheckpoint(checkpoint, sha256), reading)).toEqual(checkpoint);
  });

  it('write weights that plain TensorFlow.js decodes', async () => {
    const checkpoint = example();
    const files = await encodeCheckpoint(checkpoint, sha256);
    const model = JSON.parse(text(files, 'model.json'));
    const bytes = files.get('weights.bin') ?? new Uint8Array();
    const tensors = tf.io.decodeWeights(bytes.slice().buffer, model.weightsManifest[0].weights);
    expect(tensors['audio/conv2/kernel']?.shape).toEqual([3, 3, 24, 48]);
    expect(tensors['video/dense/bias']?.shape).toEqual([96]);
    expect(tensors['head/bias']?.dataSync()).toEqual(Float32Array.of(0.5, -0.5));
    expect(tensors['audio/conv2/kernel']?.dataSync()).toEqual(checkpoint.encoders.audio[3]?.values);
  });

  it('list a digest for every other file in the manifest, as the registry verifies them', async () => {
    const files = await encodeCheckpoint(example(), sha256);
    const manifest = JSON.parse(text(files, 'manifest.json'));
    const others = [...files].filter(([name]) => name !== 'manifest.json');
    expect(manifest.files).toEqual(Object.fromEntries(others.map(([name, bytes]) => [name, sha256(bytes)])));
    expect(manifest).toMatchObject({ version: 7, appliedSeq: 9, featureHash: 'features-1' });
  });

  it('refuses other features with ERR_CHECKPOINT_FEATURES', async () => {
    const files = await encodeCheckpoint(example(), sha256);
    await expect(decodeCheckpoint(files, { ...reading, featureHash: 'features-2' })).rejects.toMatchObject({
      code: 'ERR_CHECKPOINT_FEATURES',
      message: expect.stringContaining('features-2'),
    });
  });

  it.each(['weights.bin', 'prototypes.bin', 'model.json', 'prototypes.json'])(
    'refuses a flipped bit in %s with ERR_CHECKPOINT_DIGEST',
    async (name) => {
      const files = await encodeCheckpoint(example(), sha256);
      const bytes = files.get(name)?.slice() ?? new Uint8Array();
      bytes[10] = (bytes[10] ?? 0) ^ 1;
      await expect(decodeCheckpoint(new Map(files).set(name, bytes), reading)).rejects.toMatchObject({
        code: 'ERR_CHECKPOINT_DIGEST',
      });
    },
  );

  it('refuses a missing, foreign or malformed part with ERR_CHECKPOINT_FORMAT', async () => {
    const files = await encodeCheckpoint(example(), sha256);
    const manifest = text(files, 'manifest.json');
    const without = new Map(files);
    without.delete('weights.bin');
    const broken = [
      new Map(),
      without,
      withFile(files, 'manifest.json', '{'),
      withFile(files, 'manifest.json', manifest.replace('"formatVersion": 1', '"formatVersion": 2')),
      withFile(files, 'manifest.json', manifest.replace('"prototypes.bin"', '"other.bin"')),
    ];
    for (const each of broken) {
      await expect(decodeCheckpoint(each, reading)).rejects.toMatchObject({ code: 'ERR_CHECKPOINT_FORMAT' });
    }
  });

  it('refuses files that fit their digests but not the encoder, with ERR_CHECKPOINT_FORMAT', async () => {
    const trusting = { ...reading, sha256: () => 'same' };
    const files = await encodeCheckpoint(example(), trusting.sha256);
    const model = text(files, 'model.json');
    const swapped = withFile(files, 'model.json', model.replace('audio/conv1/kernel', 'audio/conv9/kernel'));
    await expect(decodeCheckpoint(swapped, trusting)).rejects.toThrow(/audio\/conv1\/kernel is \[missing\]/);
    const short = new Map(files).set('weights.bin', (files.get('weights.bin') ?? new Uint8Array()).slice(4));
    await expect(decodeCheckpoint(short, trusting)).rejects.toThrow(/too short/);
    const prototypes = text(files, 'prototypes.json').replace('"appliedSeq":9', '"appliedSeq":"9"');
    await expect(decodeCheckpoint(withFile(files, 'prototypes.json', prototypes), trusting)).rejects.toThrow(
      /appliedSeq is not a finite number/,
    );
  });
});
