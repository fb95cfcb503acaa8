import { describe, expect, it } from 'vitest';

import { film, gated } from '../../../../src/model/fusions/multiplicative.ts';

// Two classes, representations two wide. Layers are [from, to]; one row a class in the kernel.
const out = { 'head/kernel': Float32Array.of(1, 2, 3, 4), 'head/bias': Float32Array.of(10, 20) };
const z = { audio: [1, 2], video: [3, 5] };
const nothing = [0, 0];

const filmed = {
  classes: 2,
  weights: {
    'head/scale': Float32Array.of(1, 0, 0, 2),
    'head/scale-bias': Float32Array.of(1, 1),
    'head/shift': Float32Array.of(0, 1, 1, 0),
    'head/shift-bias': Float32Array.of(0, 0.5),
    ...out,
  },
};
const fusedFilm = [(2 * 3 + 2) * 1 + (5 * 5 + 1.5) * 2 + 10, (2 * 3 + 2) * 3 + (5 * 5 + 1.5) * 4 + 20];

describe('film', () => {
  it('scales and shifts the picture by the sound', () => {
    const { audio, video, bias } = film.parts(filmed, z);
    // scale = [1 + 1, 2 * 2 + 1], shift = [2, 1 + 0.5]
    expect(bias.map((value, k) => value + audio[k]! + video[k]!)).toEqual(fusedFilm);
  });

  it('leaves the shift where there is no picture, and the scale’s bias where there is no sound', () => {
    expect(film.half(filmed, 'audio', z.audio)).toEqual([2 * 1 + 1.5 * 2 + 10, 2 * 3 + 1.5 * 4 + 20]);
    expect(film.half(filmed, 'video', z.video)).toEqual([3 * 1 + 5.5 * 2 + 10, 3 * 3 + 5.5 * 4 + 20]);
  });

  it('gives each modality what it adds to nothing and to the other, in the mean', () => {
    const { audio, bias } = film.parts(filmed, z);
    expect(bias).toEqual(film.half(filmed, 'video', nothing));
    const [alone, other] = [film.half(filmed, 'audio', z.audio), film.half(filmed, 'video', z.video)];
    expect(audio).toEqual(bias.map((none, k) => (alone[k]! - none + fusedFilm[k]! - other[k]!) / 2));
  });
});

const gates = {
  classes: 2,
  weights: {
    'head/gate': Float32Array.of(Math.log(3), 0, 0, 0),
    'head/gate-bias': Float32Array.of(0, 0),
    'head/value': Float32Array.of(1, 0, 0, 1),
    'head/value-bias': Float32Array.of(1, 1),
    ...out,
  },
};
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5)); // float32 log 3

describe('gated', () => {
  it('opens the picture’s values as far as the sound says', () => {
    const { audio, video, bias } = gated.parts(gates, z);
    // gate = [sigmoid(log 3), sigmoid(0)] = [3 / 4, 1 / 2], value = [3 + 1, 5 + 1]
    expect(bias.map((value, k) => value + audio[k]! + video[k]!)).toEqual(
      close([3 + 6 + 10, 3 * 3 + 4 * 3 + 20]),
    );
  });

  it('gates the bias where there is no picture, and half-opens where there is no sound', () => {
    expect(gated.half(gates, 'audio', z.audio)).toEqual(
      close([0.75 + 0.5 * 2 + 10, 0.75 * 3 + 0.5 * 4 + 20]),
    );
    expect(gated.half(gates, 'video', z.video)).toEqual(close([2 + 3 * 2 + 10, 2 * 3 + 3 * 4 + 20]));
  });
});

describe.each([film, gated])('$name', (form) => {
  it('refuses representations of another width with ERR_PROTOTYPE_WIDTH', () => {
    const head = form === film ? filmed : gates;
    for (const wrong of [
      { ...z, audio: [1] },
      { ...z, audio: [1, 2, 3] },
    ])
      expect(() => form.parts(head, wrong)).toThrow(expect.objectContaining({ code: 'ERR_PROTOTYPE_WIDTH' }));
  });
});
