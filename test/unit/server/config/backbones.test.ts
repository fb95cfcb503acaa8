import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

import { BACKBONE_OPTIONS, backbones } from '../../../../server/config/backbones.ts';

type Given = Partial<Record<keyof typeof BACKBONE_OPTIONS, string>>;
const read = (given: Given) =>
  backbones((key) => given[key] ?? BACKBONE_OPTIONS[key].fallback, resolve('/srv/app'));

describe('backbones', () => {
  it('are none by default', () => {
    expect(read({})).toEqual({ video: null, audio: null });
  });

  it('take a path from the folder, an address as it is, and what is said beside it', () => {
    const videoBackbone = 'models/net';
    expect(read({ videoBackbone }).video).toEqual({
      reference: resolve('/srv/app/models/net'),
      range: null,
      output: null,
    });
    expect(read({ videoBackbone, videoRange: '-1..1', videoOutput: 'pool' }).video).toMatchObject({
      ...{ range: '-1..1', output: 'pool' },
    });
    const address = 'https://models.example/yamnet/model.json';
    expect(read({ audioBackbone: address, audioOutput: 'Identity_1' }).audio).toEqual({
      ...{ reference: address, range: null, output: 'Identity_1' },
    });
  });

  it.each<[string, Given, RegExp]>([
    [
      'another range',
      { videoBackbone: 'net', videoRange: '0-1' },
      /--video-range is "0-1", expected auto, 0\.\.1/,
    ],
    ['a range alone', { videoRange: '0..1' }, /--video-range is "0\.\.1", expected --video-backbone with it/],
    ['an output alone', { audioOutput: 'x' }, /expected --audio-backbone with it.*COUNTERPOISE_AUDIO_OUTPUT/],
  ])('refuse %s with ERR_CONFIG_VALUE', (_, given, message) => {
    expect(() => read(given)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_VALUE', message: expect.stringMatching(message) }),
    );
  });
});
