/**
 * src/features against NumPy: `make.py` beside this file made `vectors.json` from the published definitions.
 */
import { describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import { melOf } from '../../../src/features/mel.ts';
import { audioPlanes, videoPlanes } from '../../../src/features/normalize.ts';
import { PictureScaler } from '../../../src/features/pixels.ts';
import { Resampler } from '../../../src/features/resample.ts';
import vectors from './vectors.json' with { type: 'json' };

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));
const floatsOf = (text: string): Float32Array => new Float32Array(bytesOf(text).buffer);

/** The generator of `make.py`. */
function lcg(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = Number((1664525n * BigInt(state) + 1013904223n) % 4294967296n);
    return state / 4294967296;
  });
}
const levels = (count: number, seed: number, scale: number): Uint8Array =>
  Uint8Array.from(lcg(count, seed), (x) => Math.floor(x * scale));

/** Largest absolute difference; infinite where lengths differ. */
function furthest(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < got.length; i++) worst = Math.max(worst, Math.abs((got[i] ?? 0) - (expected[i] ?? 0)));
  return worst;
}

const noise = lcg(400 + 95 * 160, 1);
const sound = Float32Array.from(noise, (x, n) => {
  const t = n / 16_000;
  const tone = 0.3 * Math.sin(2 * Math.PI * (300 + 700 * t) * t) + 0.1 * Math.sin(2 * Math.PI * 2500 * t);
  return n < 12_000 ? tone + 0.02 * (x - 0.5) : 0;
});
const mel = floatsOf(vectors.mel);

describe('log-mel', () => {
  it('matches NumPy to 1e-5 nats, at the floor too', () => {
    expect(furthest(melOf(sound), mel)).toBeLessThan(1e-5); // float32 at magnitude 5: 5e-7
  });
});

describe('resampler', () => {
  it.each(Object.entries(vectors.resampled))(
    'matches filtering in the long form from %s Hz to 1e-6',
    (hz, packed) => {
      const rate = Number(hz);
      const source = Float32Array.from(
        { length: rate / 50 },
        (_, n) =>
          0.4 * Math.sin((2 * Math.PI * 700 * n) / rate) + 0.2 * Math.sin((2 * Math.PI * 3100 * n) / rate),
      );
      const got = new Resampler(rate).push(micros(0), source)?.samples ?? [];
      expect(furthest(got, floatsOf(packed))).toBeLessThan(1e-6); // coefficients and samples are float32
    },
  );
});

describe('pictures', () => {
  it.each(Object.entries(vectors.pictures))('of %s match to one level in rounding', (size, packed) => {
    const [width = 0, height = 0] = size.split('x').map(Number);
    const stride = (width + 1) >> 1;
    const chroma = stride * ((height + 1) >> 1);
    const data = levels(width * height + 2 * chroma, width, 256);
    const blocks = data.slice();
    for (let p = 0; p < width * height; p++) {
      const [x, y] = [p % width, Math.floor(p / width)];
      blocks[p] = data[(y - (y % 8)) * width + x - (x % 8)] ?? 0;
    }
    const planes = [
      { offset: 0, stride: width },
      { offset: width * height, stride },
      { offset: width * height + chroma, stride },
    ] as const;
    const got = new PictureScaler().fromI420({ data: blocks, width, height, planes });
    const expected = bytesOf(packed);
    expect(furthest(got, expected)).toBeLessThanOrEqual(1); // means are kept as float32 between the two steps
    const same = got.filter((value, i) => value === expected[i]).length;
    expect(same / got.length).toBeGreaterThan(0.999);
  });
});

describe('normalization', () => {
  const older = levels(3 * 96 * 96, 8, 256);
  const sampled = (values: Float32Array, every: number): Float32Array =>
    values.filter((_, i) => i % every === 0);

  it('of sound matches to 1e-5, above and below the floor of deviation', () => {
    expect(furthest(audioPlanes(mel), floatsOf(vectors.audioPlanes))).toBeLessThan(1e-5);
    const quiet = mel.map((x) => x * Math.fround(0.01));
    expect(furthest(audioPlanes(quiet), floatsOf(vectors.audioPlanesQuiet))).toBeLessThan(1e-5);
  });

  const plain = levels(96 * 96 * 3, 10, 40).map((x, i) => x + ([150, 40, 90][i % 3] ?? 0));

  it.each([
    ['pictures', levels(96 * 96 * 3, 7, 200), vectors.videoPlanes],
    ['dark pictures', levels(96 * 96 * 3, 9, 4), vectors.videoPlanesDim],
    ['plain coloured pictures', plain, vectors.videoPlanesPlain],
  ] as const)('of %s matches to 1e-5', (_, rgb, { every, values }) => {
    expect(furthest(sampled(videoPlanes(rgb, older), every), floatsOf(values))).toBeLessThan(1e-5);
  });
});
