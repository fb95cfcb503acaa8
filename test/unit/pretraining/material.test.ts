/** What the two encoders are pretrained on comes to them as the product's own windows do. */
import { describe, expect, it } from 'vitest';

import { audioPlanes, videoPlanes } from '../../../src/features/normalize.ts';
import { AUDIO_MATERIAL } from '../../../src/pretraining/audio-material.ts';
import { drawInstance } from '../../../src/pretraining/instance.ts';
import { inputSize } from '../../../src/pretraining/material.ts';
import { VIDEO_MATERIAL } from '../../../src/pretraining/video-material.ts';
import { random } from '../../../src/random.ts';

describe('AUDIO_MATERIAL', () => {
  const { source, encoder, augment, planesInto } = AUDIO_MATERIAL;
  const window = drawInstance(source, random(1)).render(random(2));

  it('gives the encoder the planes that the product gives it', () => {
    const out = new Float32Array(inputSize(encoder));
    planesInto(out, 0, window);
    expect(out).toEqual(audioPlanes(window.mel));
  });

  it('augments into a new window, by the seed alone', () => {
    const before = window.mel.slice();
    const again = augment(window, random(3));
    expect(window.mel).toEqual(before);
    expect(again).toEqual(augment(window, random(3)));
    expect(again.mel).not.toEqual(window.mel);
    expect(again.mel.every(Number.isFinite)).toBe(true);
  });
});

describe('VIDEO_MATERIAL', () => {
  const { source, encoder, augment, planesInto } = VIDEO_MATERIAL;
  const window = drawInstance(source, random(1)).render(random(2));

  it('gives the encoder the planes that the product gives it', () => {
    const out = new Float32Array(inputSize(encoder));
    planesInto(out, 0, window);
    expect(out).toEqual(videoPlanes(window.rgb, window.older));
  });

  it('augments into a new window, by the seed alone', () => {
    const before = window.rgb.slice();
    const again = augment(window, random(3));
    expect(window.rgb).toEqual(before);
    expect(again).toEqual(augment(window, random(3)));
    expect(again.older).not.toEqual(window.older);
  });
});
