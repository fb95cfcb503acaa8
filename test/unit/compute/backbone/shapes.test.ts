import { describe, expect, it } from 'vitest';
import type { Modality } from '../../../../proto/messages.ts';
import { type BackboneInput, embeddingOf, inputOf } from '../../../../server/compute/backbone/shapes.ts';

type Shape = readonly (number | null)[];
const declared = (shape: Shape | null, dtype = 'float32') => [{ name: 'x', shape, dtype }];
const read = (modality: Modality, shape: Shape | null, dtype?: string): BackboneInput =>
  inputOf(modality, declared(shape, dtype), '0..1');

describe('inputOf', () => {
  const image = { type: 'image', range: '0..1', dtype: 'float32', single: false };
  it.each<[string, Modality, Shape, object]>([
    ['MobileNet', 'video', [-1, 224, 224, 3], { ...image, height: 224, width: 224 }],
    ['a layers model', 'video', [null, 96, 96, 3], { ...image, height: 96, width: 96 }],
    [
      'EfficientNet-Lite, one at a time',
      'video',
      [1, 240, 240, 3],
      { ...image, height: 240, width: 240, single: true },
    ],
    ['a picture of any size', 'video', [-1, -1, -1, 3], { ...image, height: 224, width: 224 }],
    ['YAMNet', 'audio', [-1], { type: 'waveform', samples: null, rank: 1 }],
    ['a waveform in a batch', 'audio', [1, 15_600], { type: 'waveform', samples: 15_600, rank: 2 }],
    ['VGGish', 'audio', [-1, 96, 64, 1], { type: 'log-mel', rank: 4, single: false }],
    ['log-mel without a channel', 'audio', [1, 96, 64], { type: 'log-mel', rank: 3, single: true }],
  ])('reads %s', (_, modality, shape, input) => {
    expect(read(modality, shape)).toEqual(input);
  });

  it('gives integers whole levels, whatever the range', () => {
    expect(read('video', [-1, 64, 64, 3], 'int32')).toMatchObject({ dtype: 'int32', range: '0..255' });
  });

  it.each<[string, Modality, Shape | null, string, RegExp]>([
    ['channels first', 'video', [-1, 3, 224, 224], 'float32', /\[n, 3, 224, 224\].*channels first.*NHWC/],
    ['gray pictures', 'video', [-1, 28, 28, 1], 'float32', /\[n, 28, 28, 1\].*side, side, 3.*colour/],
    ['several pictures at once', 'video', [8, 224, 224, 3], 'float32', /8 pictures at once.*free batch/],
    ['a video model', 'video', [-1, 16, 224, 224, 3], 'float32', /\[n, 16, 224, 224, 3\].*another model/],
    ['a huge picture', 'video', [-1, 1024, 1024, 3], 'float32', /16 to 640 pixels/],
    ['a sound model for pictures', 'video', [-1], 'float32', /--audio-backbone/],
    ['log-mel for pictures', 'video', [-1, 96, 64, 1], 'float32', /log-mel.*--audio-backbone/],
    ['a picture model for sound', 'audio', [-1, 224, 224, 3], 'float32', /--video-backbone/],
    ['bands before time', 'audio', [-1, 64, 96, 1], 'float32', /time comes first/],
    ['other log-mel', 'audio', [-1, 128, 128, 1], 'float32', /\[n, 128, 128, 1\].*log-mel \[n, 96, 64, 1\]/],
    ['a short waveform', 'audio', [-1, 1024], 'float32', /1024 samples.*a window has 15600/],
    ['several waveforms at once', 'audio', [4, 16_000], 'float32', /4 waveforms at once/],
    ['text', 'video', [-1, 224, 224, 3], 'string', /string numbers.*float32/],
    ['sound as integers', 'audio', [-1], 'int32', /int32.*float32/],
    ['no shape', 'video', null, 'float32', /no declared shape.*signature/],
  ])('explains %s with ERR_BACKBONE_INPUT', (_, modality, shape, dtype, message) => {
    expect(() => read(modality, shape, dtype)).toThrow(
      expect.objectContaining({ code: 'ERR_BACKBONE_INPUT', message: expect.stringMatching(message) }),
    );
  });

  it('explains several inputs, and none', () => {
    const two = [...declared([-1, 8]), ...declared([-1, 9])];
    for (const inputs of [two, []])
      expect(() => inputOf('audio', inputs, '0..1')).toThrow(/inputs .*give a model of one input/);
  });
});

describe('embeddingOf', () => {
  const image: BackboneInput = {
    type: 'image',
    height: 8,
    width: 8,
    range: '0..1',
    dtype: 'float32',
    single: false,
  };
  const waveform: BackboneInput = { type: 'waveform', samples: null, rank: 1 };
  const of = (
    input: BackboneInput,
    outputs: Readonly<Record<string, readonly number[]>>,
    wanted: string | null = null,
  ) =>
    embeddingOf(
      'audio',
      Object.entries(outputs).map(([name, shape]) => ({ name, shape })),
      { input, rows: input.type === 'waveform' ? 1 : 2, wanted },
    );

  it('takes the only one, flat or as a map of features', () => {
    expect(of(image, { out: [2, 1280] })).toEqual({ name: 'out', width: 1280 });
    expect(of(image, { out: [2, 7, 7, 320] })).toEqual({ name: 'out', width: 320 });
  });

  it('takes YAMNet’s embeddings out of its scores, embeddings and log-mel, named or not', () => {
    expect(of(waveform, { scores: [1, 521], embeddings: [1, 1024], log_mel: [96, 64] })).toEqual({
      name: 'embeddings',
      width: 1024,
    });
    expect(of(waveform, { Identity: [1, 521], Identity_1: [1, 1024], Identity_2: [96, 64] }).name).toBe(
      'Identity_1',
    );
  });

  it('prefers a name that says so to a wider one, and what was asked for to both', () => {
    const outputs = { logits: [2, 1000], features: [2, 128] };
    expect(of(image, outputs).name).toBe('features');
    expect(of(image, outputs, 'logits')).toEqual({ name: 'logits', width: 1000 });
  });

  it.each<[string, BackboneInput, Readonly<Record<string, readonly number[]>>, string | null, RegExp]>([
    ['a single number', image, { out: [2, 1] }, null, /out \[2, 1\].*--audio-output/],
    ['one row for two pictures', image, { out: [1, 64] }, null, /expected an embedding \[n, width\]/],
    ['another rank', waveform, { out: [1, 9, 9, 64] }, null, /\[m, width\]/],
    ['what was asked for', image, { wrong: [2, 2] }, 'wrong', /as "wrong".*wrong \[2, 2\]/],
  ])('explains %s with ERR_BACKBONE_OUTPUT', (_, input, outputs, wanted, message) => {
    expect(() => of(input, outputs, wanted)).toThrow(
      expect.objectContaining({ code: 'ERR_BACKBONE_OUTPUT', message: expect.stringMatching(message) }),
    );
  });
});
