import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import {
  audioEncoder,
  initWeights,
  type NamedArray,
  TOTAL_PARAMETERS,
  videoEncoder,
} from '../../../../src/model/encoders.ts';
import { floatOf, halfOf } from '../../../../src/model/starter/half.ts';
import { packStarter, readStarter, type StarterFiles } from '../../../../src/model/starter/starter.ts';
import { random } from '../../../../src/random.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const encoders = { audio: initWeights(audioEncoder, random(3)), video: initWeights(videoEncoder, random(3)) };
const facts = {
  featureHash: 'features',
  seeds: [3],
  commit: 'abc',
  command: 'npm run pretrain -- --seed 3',
  steps: 1200,
  objective: 'contrast',
  scores: { 'audio heldOut': 0.9 },
};
const files = await packStarter(encoders, facts, sha256);
const reading = { featureHash: 'features', sha256 };

/** The files with some fields of the manifest changed. */
function changed(fields: Readonly<Record<string, unknown>>, from: StarterFiles = files): StarterFiles {
  const manifest: unknown = JSON.parse(new TextDecoder().decode(from.json));
  const json = new TextEncoder().encode(JSON.stringify({ ...Object(manifest), ...fields }));
  return { ...from, json };
}

const code = (name: string) => expect.objectContaining({ code: name });

describe('packStarter', () => {
  it('takes two bytes a weight, 1.85 MB in all, and says how it was made', () => {
    expect(files.bin.length).toBe(2 * TOTAL_PARAMETERS);
    const manifest: unknown = JSON.parse(new TextDecoder().decode(files.json));
    expect(manifest).toMatchObject({ ...facts, formatVersion: 1, sha256: sha256(files.bin) });
  });

  it('gives the same files whatever the order of the arrays', async () => {
    const turned = { audio: encoders.audio.toReversed(), video: encoders.video.toReversed() };
    expect(await packStarter(turned, facts, sha256)).toEqual(files);
  });

  it.each([
    ['a missing array', (arrays: readonly NamedArray[]) => arrays.slice(1)],
    ['another shape', ([first, ...rest]: readonly NamedArray[]) => [{ ...first!, shape: [1] }, ...rest]],
    [
      'a number too large for half precision',
      ([first, ...rest]: readonly NamedArray[]) => [
        { ...first!, values: first!.values.map((x, i) => (i === 7 ? 70_000 : x)) },
        ...rest,
      ],
    ],
    [
      'a number that is none',
      ([first, ...rest]: readonly NamedArray[]) => [
        { ...first!, values: first!.values.map(() => Number.NaN) },
        ...rest,
      ],
    ],
  ] as const)('refuses %s with ERR_CHECKPOINT_FORMAT', async (_, change) => {
    const wrong = { ...encoders, video: change(encoders.video) };
    await expect(packStarter(wrong, facts, sha256)).rejects.toThrow(code('ERR_CHECKPOINT_FORMAT'));
  });
});

describe('readStarter', () => {
  it('gives every weight back, rounded to half precision, in the order of the encoders', async () => {
    const starter = await readStarter(files, reading);
    expect({ steps: starter.steps, sha256: starter.sha256 }).toEqual({
      steps: 1200,
      sha256: sha256(files.bin),
    });
    for (const side of ['audio', 'video'] as const) {
      expect(starter.encoders[side].map(({ name, shape }) => [name, shape])).toEqual(
        encoders[side].map(({ name, shape }) => [name, shape]),
      );
      starter.encoders[side].forEach(({ values }, i) => {
        expect(values).toEqual(encoders[side][i]?.values.map((x) => floatOf(halfOf(x))));
      });
    }
  });

  it('reads bytes that lie somewhere in a larger buffer', async () => {
    const pool = new Uint8Array(files.bin.length + 3);
    pool.set(files.bin, 3);
    expect(await readStarter({ ...files, bin: pool.subarray(3) }, reading)).toEqual(
      await readStarter(files, reading),
    );
  });

  it('refuses other features with ERR_CHECKPOINT_FEATURES', async () => {
    const promise = readStarter(files, { ...reading, featureHash: 'others' });
    await expect(promise).rejects.toThrow(code('ERR_CHECKPOINT_FEATURES'));
    await expect(promise).rejects.toThrow('--init random');
  });

  it('refuses changed weights with ERR_CHECKPOINT_DIGEST', async () => {
    const bin = files.bin.map((byte, i) => (i === 1000 ? byte ^ 1 : byte));
    await expect(readStarter({ ...files, bin }, reading)).rejects.toThrow(code('ERR_CHECKPOINT_DIGEST'));
  });

  it.each([
    ['no JSON', { ...files, json: new Uint8Array([123]) }],
    ['another format', changed({ format: 'something' })],
    ['another version of the format', changed({ formatVersion: 2 })],
    ['no steps', changed({ steps: null })],
    ['other shapes', changed({ weights: [{ name: 'audio/conv1/kernel', shape: [5, 5, 2, 24] }] })],
    ['no shapes', changed({ weights: [] })],
    ['too few bytes', { ...files, bin: files.bin.subarray(2) }],
  ])('refuses %s with ERR_CHECKPOINT_FORMAT', async (_, given) => {
    await expect(readStarter(given, reading)).rejects.toThrow(code('ERR_CHECKPOINT_FORMAT'));
  });
});
