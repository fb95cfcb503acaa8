import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FEATURE_HASH } from '../../../server/feature-hash.ts';
import {
  type BackboneIdentity,
  beginOrAgree,
  featuresOf,
  NO_BACKBONES,
  recordedBackbones,
} from '../../../server/project-features.ts';
import { PRODUCT_ENCODERS } from '../../../src/model/encoders.ts';

const net: BackboneIdentity = {
  reference: 'models/net',
  digest: 'abc',
  input: '{"type":"image"}',
  output: 'pooled',
  width: 24,
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-features-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const begin = (video: BackboneIdentity | null, audio: BackboneIdentity | null = null) =>
  beginOrAgree(folder, 'kitchen', { audio, video });
const refused = (message: RegExp) => ({
  code: 'ERR_BACKBONE_PROJECT',
  message: expect.stringMatching(message),
});

describe('featuresOf', () => {
  it('is the program’s own without a backbone', () => {
    expect(featuresOf(NO_BACKBONES)).toEqual({ hash: FEATURE_HASH, encoders: PRODUCT_ENCODERS });
  });

  it('puts an adapter where a backbone is, and a hash that changes with what it gives', () => {
    const { hash, encoders } = featuresOf({ audio: null, video: net });
    expect(encoders.audio).toBe(PRODUCT_ENCODERS.audio);
    expect(encoders.video).toEqual({ modality: 'video', input: [24], hidden: 96, width: 96 });
    const others = [
      featuresOf(NO_BACKBONES),
      featuresOf({ audio: net, video: null }),
      ...[{ digest: 'x' }, { input: '{}' }, { output: 'y' }, { width: 25 }].map((change) =>
        featuresOf({ audio: null, video: { ...net, ...change } }),
      ),
    ];
    expect(new Set([hash, ...others.map((one) => one.hash)]).size).toBe(7);
    expect(featuresOf({ audio: null, video: { ...net, reference: 'moved/net' } }).hash).toBe(hash);
  });
});

describe('beginOrAgree', () => {
  it('begins anew as long as there is no journal', async () => {
    await begin(net);
    await begin(null, net);
    expect(await recordedBackbones(folder)).toEqual({ audio: net, video: null });
  });

  it('records what a new project is begun with, and agrees with the same again, wherever it lies now', async () => {
    await begin(net);
    expect(await recordedBackbones(folder)).toEqual({ audio: null, video: net });
    await begin({ ...net, reference: 'elsewhere' });
    expect((await recordedBackbones(folder)).video?.reference).toBe('models/net');
  });

  it('leaves a project without one alone', async () => {
    await begin(null);
    expect(await recordedBackbones(folder)).toEqual(NO_BACKBONES);
    await expect(readFile(join(folder, 'backbones.json'))).rejects.toThrow();
  });

  it('refuses a start without it, with another, or with one more, and says what to do', async () => {
    await begin(net);
    await writeFile(join(folder, 'journal.sqlite'), '');
    await expect(begin(null)).rejects.toMatchObject(
      refused(/"kitchen".*models\/net.*start with --video-backbone models\/net.*--project/),
    );
    await expect(begin({ ...net, reference: 'other', digest: 'def' })).rejects.toMatchObject(
      refused(/models\/net.*other gives/),
    );
    await expect(begin(net, net)).rejects.toMatchObject(
      refused(/--audio-backbone is models\/net.*leave it out/),
    );
  });

  it('refuses a backbone for a project that was begun without one', async () => {
    await writeFile(join(folder, 'journal.sqlite'), '');
    await expect(begin(net)).rejects.toMatchObject(refused(/begun without one: leave it out.*--project/));
    await begin(null);
  });

  it('refuses a damaged record', async () => {
    await writeFile(join(folder, 'backbones.json'), '{"audio":null,"video":{"digest":7}}');
    await expect(begin(net)).rejects.toMatchObject(refused(/backbones\.json cannot be read/));
  });
});
