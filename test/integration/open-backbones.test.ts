/** From a flag to a backbone that is open in a process of its own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { BackboneChoice } from '../../server/config/backbones.ts';
import { FEATURE_HASH } from '../../server/feature-hash.ts';
import { type BackboneRequest, openBackbones } from '../../server/open-backbones.ts';
import { recordedBackbones } from '../../server/project-features.ts';
import { imageGraph, spectralGraph, waveformGraph, writeGraphModel } from '../support/tiny-backbones.ts';

let dataFolder = '';
let folder = '';
let net = '';
let wave = '';
beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'counterpoise-backbones-'));
  folder = join(dataFolder, 'kitchen');
  await mkdir(folder);
  net = await writeGraphModel(join(dataFolder, 'net'), imageGraph({ scale: 2 }));
  wave = await writeGraphModel(join(dataFolder, 'wave'), waveformGraph());
});
afterAll(() => rm(dataFolder, { recursive: true, force: true }));

const choice = (reference: string): BackboneChoice => ({ reference, range: null, output: null });
const open = (
  change: Partial<BackboneRequest['backbones']>,
  backend: BackboneRequest['backend'] = 'auto',
) => {
  const backbones = { audio: null, video: null, ...change };
  return openBackbones({ backbones, backend, dataFolder, project: 'kitchen' }, folder);
};

describe('openBackbones', () => {
  it('explains what cannot run before anything is begun', async () => {
    const audio = choice(await writeGraphModel(join(dataFolder, 'spectral'), spectralGraph()));
    await expect(open({ audio }, 'wasm')).rejects.toMatchObject({
      code: 'ERR_BACKBONE_OPERATION',
      message: expect.stringMatching(/which the wasm backend does not have/),
    });
    expect(await recordedBackbones(folder)).toEqual({ audio: null, video: null });
  });

  it('finds out what a backbone is, begins the project with it, and agrees the next time', async () => {
    const opened = await open({ audio: choice(wave), video: choice(net) });
    expect(opened.waveform).toBe(true);
    expect(opened.lines).toEqual([
      `Sound by the backbone ${wave}: takes a waveform of any number of samples at 16 kHz; gives its "embeddings", 16 numbers`,
      expect.stringMatching(
        /takes pictures 32 x 32 \(enlarged from 96 x 96\), 0\.\.1 \(its first step, .* gives its "embedding", 24/,
      ),
    ]);
    expect(opened.features.hash).not.toBe(FEATURE_HASH);
    expect(opened.features.encoders).toMatchObject({ audio: { input: [16] }, video: { input: [24] } });
    const again = await open({ audio: choice(wave), video: choice(net) }, 'wasm');
    expect(again.features).toEqual(opened.features);
    await writeFile(join(folder, 'journal.sqlite'), '');
    await expect(open({ video: choice(net) })).rejects.toMatchObject({ code: 'ERR_BACKBONE_PROJECT' });
  });
});
