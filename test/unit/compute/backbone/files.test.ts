import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Fetch, findBackbone, modelAddress } from '../../../../server/compute/backbone/files.ts';
import { imageGraph, writeGraphModel } from '../../../support/tiny-backbones.ts';

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-backbone-'));
  model = await writeGraphModel(join(folder, 'image'), imageGraph());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const find = (reference: string, fetching?: Fetch) =>
  findBackbone('video', reference, { cache: join(folder, 'cache'), ...(fetching ? { fetching } : {}) });
const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('findBackbone', () => {
  it('takes a model.json or the folder that holds it, and tells models apart by their weights too', async () => {
    const found = await find(model);
    expect(found).toEqual({ reference: model, model, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await find(dirname(model))).digest).toBe(found.digest);
    const other = await writeGraphModel(join(folder, 'other'), imageGraph());
    expect((await find(other)).digest).toBe(found.digest);
    const weights = join(folder, 'other', 'group1-shard1of1.bin');
    const bytes = await readFile(weights);
    bytes.writeFloatLE(42, 0);
    await writeFile(weights, bytes);
    expect((await find(other)).digest).not.toBe(found.digest);
  });

  it('explains what is not there with ERR_BACKBONE_FILES', async () => {
    await mkdir(join(folder, 'empty'));
    await writeGraphModel(join(folder, 'bare'), imageGraph());
    await rm(join(folder, 'bare', 'group1-shard1of1.bin'));
    const cases = [
      [join(folder, 'nowhere'), /no such file or folder: correct the path/],
      [join(folder, 'empty'), /without a model\.json/],
      [join(folder, 'bare'), /group1-shard1of1\.bin cannot be read.*beside the model\.json/],
    ] as const;
    for (const [reference, message] of cases)
      await expect(find(reference)).rejects.toEqual(refused('ERR_BACKBONE_FILES', message));
  });

  it('explains what is no TensorFlow.js model with ERR_BACKBONE_FORMAT', async () => {
    await mkdir(join(folder, 'saved'));
    await writeFile(join(folder, 'saved', 'saved_model.pb'), '');
    await writeFile(join(folder, 'package.json'), '{"name":"other"}');
    await writeFile(join(folder, 'noise.json'), 'no JSON');
    const sly = { modelTopology: {}, weightsManifest: [{ paths: ['../secret'], weights: [] }] };
    await writeFile(join(folder, 'sly.json'), JSON.stringify(sly));
    const cases = [
      [join(folder, 'saved'), /a SavedModel.*tensorflowjs_converter/],
      [join(folder, 'net.tflite'), /no TensorFlow\.js model.*tensorflowjs_converter/],
      [join(folder, 'net.h5'), /Keras file.*tensorflowjs_converter/],
      [join(folder, 'package.json'), /expected a model\.json with modelTopology/],
      [join(folder, 'noise.json'), /is no TensorFlow\.js model/],
      [join(folder, 'sly.json'), /outside its folder/],
    ] as const;
    for (const [reference, message] of cases)
      await expect(find(reference)).rejects.toEqual(refused('ERR_BACKBONE_FORMAT', message));
  });

  it('downloads an address once, and keeps nothing that is not whole', async () => {
    const asked: string[] = [];
    let broken = true;
    const fetching: Fetch = async (address) => {
      asked.push(address.href);
      if (broken && address.pathname.endsWith('.bin')) return new Response('', { status: 404 });
      return new Response(await readFile(join(dirname(model), address.pathname.split('/').at(-1) ?? '')));
    };
    const address = 'https://models.example/net?key=1';
    await expect(find(address, fetching)).rejects.toEqual(
      refused('ERR_BACKBONE_FILES', /\.bin\?key=1 could not.*404/),
    );
    broken = false;
    const found = await find(address, fetching);
    expect(found.digest).toBe((await find(model)).digest);
    const before = asked.length;
    expect((await find(address, fetching)).model).toBe(found.model);
    expect(asked.length).toBe(before);
    expect((await readdir(join(folder, 'cache'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('modelAddress', () => {
  it.each([
    ['https://a.example/m/model.json', 'https://a.example/m/model.json'],
    ['https://a.example/m/', 'https://a.example/m/model.json'],
    [
      'https://tfhub.dev/google/tfjs-model/yamnet/tfjs/1',
      'https://tfhub.dev/google/tfjs-model/yamnet/tfjs/1/model.json?tfjs-format=file',
    ],
  ])('of %s', (reference, address) => {
    expect(modelAddress(reference).href).toBe(address);
  });
});
