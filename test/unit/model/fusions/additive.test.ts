import { describe, expect, it } from 'vitest';

import { concat, sum } from '../../../../src/model/fusions/additive.ts';

// Two classes, representations two wide; one row a class.
const kernels = {
  'head/audio': Float32Array.of(1, 3, 2, 4),
  'head/video': Float32Array.of(5, 7, 6, 8),
};
const z = { audio: [1, 10], video: [2, 20] };
const swapped = { audio: z.video, video: z.audio };
const swappedKernels = { 'head/audio': kernels['head/video'], 'head/video': kernels['head/audio'] };
const joined = { classes: 2, weights: { ...kernels, 'head/bias': Float32Array.of(0.5, -0.5) } };
const apart = {
  classes: 2,
  weights: {
    ...kernels,
    'head/audio-bias': Float32Array.of(0.25, 1),
    'head/video-bias': Float32Array.of(0.5, -3),
  },
};

describe('concat', () => {
  it('is one linear layer over both, each half with half of the bias', () => {
    expect(concat.parts(joined, z)).toEqual({ audio: [31, 42], video: [150, 172], bias: [0.5, -0.5] });
    expect(concat.half(joined, 'audio', z.audio)).toEqual([31.25, 41.75]);
    expect(concat.half(joined, 'video', z.video)).toEqual([150.25, 171.75]);
  });

  it('exchanges its parts with the modalities', () => {
    const { audio, video, bias } = concat.parts(joined, z);
    const other = { classes: 2, weights: { ...joined.weights, ...swappedKernels } };
    expect(concat.parts(other, swapped)).toEqual({ audio: video, video: audio, bias });
  });
});

describe('sum', () => {
  it('adds a classifier of each, and a half is that classifier', () => {
    expect(sum.parts(apart, z)).toEqual({ audio: [31, 42], video: [150, 172], bias: [0.75, -2] });
    expect(sum.half(apart, 'audio', z.audio)).toEqual([31.25, 43]);
    expect(sum.half(apart, 'video', z.video)).toEqual([150.5, 169]);
  });

  it('exchanges its parts and halves with the modalities', () => {
    const { audio, video, bias } = sum.parts(apart, z);
    const weights = {
      ...swappedKernels,
      'head/audio-bias': apart.weights['head/video-bias'],
      'head/video-bias': apart.weights['head/audio-bias'],
    };
    const other = { classes: 2, weights };
    expect(sum.parts(other, swapped)).toEqual({ audio: video, video: audio, bias });
    expect(sum.half(other, 'audio', z.video)).toEqual(sum.half(apart, 'video', z.video));
  });
});
